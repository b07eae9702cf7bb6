import { type Piece, piecesOf } from "./pieces";

/** The archive cannot be read here: it is damaged, encrypted, in parts, or packed in a way that browsers do not know. */
export class UnreadableArchive extends Error {}

/** A file of an archive. */
interface Entry {
  name: string;
  method: number;
  isEncrypted: boolean;
  /** Bytes as it is packed. */
  size: number;
  /** Where its own head begins. */
  at: number;
}

/** The files that have conversations. Same as in `ZippedExport`. */
const hasConversations = /(?:^|\/)conversations(?:[-_.]\d+)?\.json$|(?:^|\/)conversations\/[^/]+\.json$/i;

/** The most bytes of the list of an archive. The list of ChatGPT's largest exports takes some megabytes. */
const longestList = 64 * 1024 * 1024;

/** What one list has at most of conversations that were files of their own. */
const mostJoined = 500;

/**
 * The conversations of a ZIP archive, unpacked, as lists that can be imported one by one. What else the archive has stays
 * where it is.
 * @param most Bytes of a piece, unless a single conversation is larger.
 */
export async function* conversationsIn(archive: Blob, most: number): AsyncGenerator<Piece> {
  let joined: Blob[] = [];
  let size = 0;
  let end = 0;
  const join = (): Piece => {
    const body = new Blob(["[", ...joined.flatMap((one, at) => (at ? [",", one] : [one])), "]"]);
    joined = [];
    size = 0;
    return { body, end };
  };
  for (const entry of await entriesOf(archive)) {
    if (!hasConversations.test(entry.name)) continue;
    const json = await unpack(archive, entry);
    if (joined.length > 0 && (size + json.size > most || joined.length === mostJoined)) yield join();
    end += entry.size;
    if (json.size <= most && (await json.slice(0, 1).text()) === "{") {
      joined.push(json);
      size += json.size;
    } else for await (const { body } of piecesOf(json, most)) yield { body, end };
  }
  if (joined.length > 0) yield join();
}

/** The files of an archive, as the list at its end has them. */
async function entriesOf(archive: Blob): Promise<Entry[]> {
  const { count, size, at } = await endOf(archive);
  if (size > longestList) throw new UnreadableArchive();
  const list = await read(archive, at, size);
  const entries: Entry[] = [];
  for (let from = 0; entries.length < count; ) {
    if (from + 46 > size || list.getUint32(from, true) !== 0x02014b50) throw new UnreadableArchive();
    const [name, extra, comment] = [28, 30, 32].map((place) => list.getUint16(from + place, true)) as [number, number, number];
    const next = from + 46 + name + extra + comment;
    if (next > size) throw new UnreadableArchive();
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(list.buffer, from + 46, name)),
      method: list.getUint16(from + 10, true),
      isEncrypted: (list.getUint16(from + 8, true) & 1) === 1,
      ...placeOf(list, from, new DataView(list.buffer, from + 46 + name, extra)),
    });
    from = next;
  }
  return entries;
}

/** Where the list of the archive is: the last record says it, or the larger one that it points to. */
async function endOf(archive: Blob): Promise<{ count: number; size: number; at: number }> {
  const begin = Math.max(0, archive.size - 22 - 0xffff);
  const last = await read(archive, begin, archive.size - begin);
  let from = last.byteLength - 22;
  while (from >= 0 && last.getUint32(from, true) !== 0x06054b50) from--;
  if (from < 0) throw new UnreadableArchive();
  const [count, size, at] = [last.getUint16(from + 10, true), last.getUint32(from + 12, true), last.getUint32(from + 16, true)];
  if (count !== 0xffff && size !== 0xffffffff && at !== 0xffffffff) return { count, size, at };
  if (from < 20 || last.getUint32(from - 20, true) !== 0x07064b50) throw new UnreadableArchive();
  const large = await read(archive, long(last, from - 12), 56);
  if (large.getUint32(0, true) !== 0x06064b50) throw new UnreadableArchive();
  return { count: long(large, 32), size: long(large, 40), at: long(large, 48) };
}

/** A size and a place of four bytes, or of eight in the extra field of the kind 1, which has only those that need eight. */
function placeOf(list: DataView, from: number, extra: DataView): { size: number; at: number } {
  let [size, at] = [list.getUint32(from + 20, true), list.getUint32(from + 42, true)];
  for (let field = 0; field + 4 <= extra.byteLength; field += 4 + extra.getUint16(field + 2, true)) {
    if (extra.getUint16(field, true) !== 1) continue;
    let value = field + 4;
    const next = () => long(extra, (value += 8) - 8);
    if (list.getUint32(from + 24, true) === 0xffffffff) next();
    if (size === 0xffffffff) size = next();
    if (at === 0xffffffff) at = next();
  }
  return { size, at };
}

async function unpack(archive: Blob, { method, isEncrypted, size, at }: Entry): Promise<Blob> {
  const head = await read(archive, at, 30);
  if (isEncrypted || head.getUint32(0, true) !== 0x04034b50) throw new UnreadableArchive();
  const begin = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = archive.slice(begin, begin + size);
  if (packed.size < size) throw new UnreadableArchive();
  if (method === 0) return packed;
  if (method !== 8) throw new UnreadableArchive();
  try {
    return await new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
  } catch {
    throw new UnreadableArchive();
  }
}

async function read(archive: Blob, at: number, size: number): Promise<DataView> {
  const bytes = await archive.slice(at, at + size).arrayBuffer();
  if (bytes.byteLength < size) throw new UnreadableArchive();
  return new DataView(bytes);
}

/** A number of eight bytes. One that is too large for a place in a file is a place that no file has. */
const long = (view: DataView, at: number) =>
  at + 8 <= view.byteLength ? Number(view.getBigUint64(at, true)) : Number.MAX_SAFE_INTEGER;
