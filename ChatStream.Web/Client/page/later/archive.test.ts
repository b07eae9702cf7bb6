import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { conversationsIn, UnreadableArchive } from "./archive";

interface File {
  name: string;
  text: string;
  stored?: boolean;
}

/** An archive as other programs write it. `large`: with the fields of eight bytes, as archives over 4 GB have them. */
function zip(files: File[], { large = false, comment = "" } = {}): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, text, stored } of files) {
    const data = stored ? Buffer.from(text) : deflateRawSync(text);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(stored ? 0 : 8, 8);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    head.writeUInt16LE(3, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    entry.writeUInt32LE(large ? 0xffffffff : data.length, 20);
    entry.writeUInt32LE(large ? 0xffffffff : Buffer.byteLength(text), 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(large ? 0xffffffff : at, 42);
    const extra = large ? eights(0x0001_0018, Buffer.byteLength(text), data.length, at) : Buffer.alloc(0);
    entry.writeUInt16LE(extra.length, 30);
    list.push(entry, Buffer.from(name), extra);
    parts.push(head, Buffer.from(name), Buffer.from("xyz"), data);
    at += head.length + Buffer.byteLength(name) + 3 + data.length;
  }
  const size = Buffer.concat(list).length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(large ? 0xffff : files.length, 10);
  end.writeUInt32LE(large ? 0xffffffff : size, 12);
  end.writeUInt32LE(large ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  const records: Buffer[] = [];
  if (large) {
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    for (const [place, value] of [
      [32, files.length],
      [40, size],
      [48, at],
    ] as const)
      record.writeBigUInt64LE(BigInt(value), place);
    const pointer = Buffer.alloc(20);
    pointer.writeUInt32LE(0x07064b50, 0);
    pointer.writeBigUInt64LE(BigInt(at + size), 8);
    records.push(record, pointer);
  }
  return Buffer.concat([...parts, ...list, ...records, end, Buffer.from(comment)]);
}

function eights(head: number, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * values.length);
  bytes.writeUInt16LE(head >>> 16, 0);
  bytes.writeUInt16LE(head & 0xffff, 2);
  for (const [at, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 4 + 8 * at);
  return bytes;
}

async function conversations(archive: Buffer, most: number): Promise<{ lists: unknown[][]; ends: number[] }> {
  const lists: unknown[][] = [];
  const ends: number[] = [];
  for await (const { body, end } of conversationsIn(new Blob([new Uint8Array(archive)]), most)) {
    lists.push(JSON.parse(await body.text()) as unknown[]);
    ends.push(end);
  }
  return { lists, ends };
}

test("an archive is taken apart into lists of its conversations, and its other files stay", async () => {
  const rows = [1, 2, 3, 4].map((id) => ({ id, text: "é".repeat(30) }));
  const files = [
    { name: "user.json", text: "{}" },
    { name: "conversations.json", text: JSON.stringify(rows), stored: true },
    { name: "file-1.png", text: "x".repeat(5_000) },
    { name: "more/Conversations-001.json", text: JSON.stringify(rows.slice(0, 1)) },
  ];
  for (const options of [{}, { large: true }, { comment: "PK and a comment" }]) {
    const { lists, ends } = await conversations(zip(files, options), 200);
    deepEqual(lists.flat(), [...rows, rows[0]]);
    equal(lists.length > 2, true, "no list is larger than it may be");
    deepEqual(
      ends,
      ends.toSorted((a, b) => a - b),
    );
  }
});

test("conversations that are files of their own are sent together", async () => {
  const text = (id: number) => JSON.stringify({ id, text: "y".repeat(20) });
  const files = Array.from({ length: 1_203 }, (_, id) => ({ name: `conversations/${id}.json`, text: text(id) }));
  const { lists } = await conversations(zip(files), 1_000_000);
  deepEqual(
    lists.map(({ length }) => length),
    [500, 500, 203],
  );
  deepEqual(
    lists.flat().map((row) => (row as { id: number }).id),
    files.map((_, id) => id),
  );
  const small = await conversations(zip(files.slice(0, 10)), 100);
  equal(small.lists.length, 5, "two of them fit");
  const one = { name: "conversations/large.json", text: JSON.stringify([{ id: 0, text: "z".repeat(2_000) }]) };
  deepEqual(
    (await conversations(zip([files[1]!, one, files[2]!]), 1_000)).lists.flat().map((row) => (row as { id: number }).id),
    [1, 0, 2],
  );
});

test("what is no archive, or not whole, is told apart from one without conversations", async () => {
  const whole = zip([{ name: "conversations.json", text: JSON.stringify([{ a: "b".repeat(100) }]) }]);
  const encrypted = Buffer.from(whole);
  encrypted[encrypted.indexOf("PK\u0001\u0002") + 8] = 1;
  const unknown = Buffer.from(whole);
  unknown[unknown.indexOf("PK\u0001\u0002") + 10] = 14;
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 60, 70);
  const claims = Buffer.from(whole);
  claims.writeUInt16LE(9, claims.length - 12);
  for (const broken of [whole.subarray(0, -30), whole.subarray(20), Buffer.alloc(0), encrypted, unknown, damaged, claims])
    await rejects(conversations(broken, 1_000), UnreadableArchive);
  deepEqual((await conversations(zip([{ name: "notes.json", text: "[]" }]), 1_000)).lists, []);
  deepEqual((await conversations(zip([]), 1_000)).lists, []);
});
