import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "./pieces";

async function pieces(text: string, most: number): Promise<string[]> {
  const all: string[] = [];
  let last = 0;
  for await (const { body, end } of piecesOf(new Blob([text]), most)) {
    all.push(await body.text());
    equal(end > last || text === "", true);
    last = end;
  }
  return all;
}

test("a large list is cut between its conversations, and nothing is lost", async () => {
  const rows = [{ a: '],"{' }, { b: [1, { c: "\\" }] }, { d: "é".repeat(50) }, {}, { e: "," }];
  for (const most of [1, 20, 40, 90, 130]) {
    const cut = await pieces(` ${JSON.stringify(rows, undefined, 1)}\n`, most);
    deepEqual(
      cut.flatMap((piece) => JSON.parse(piece) as unknown[]),
      rows,
    );
  }
  equal((await pieces(JSON.stringify(rows), 40)).length > 2, true);
});

test("what is small, one conversation, or not whole is sent as it is", async () => {
  for (const text of ["[{},{}]", '[{"a":1},{"b":', '{"a":[{},{}]}', "", '["]'])
    deepEqual(await pieces(text, text.length < 9 ? 99 : 1), [text]);
});
