/** A part of a file that is sent by itself. */
export interface Piece {
  body: Blob;
  /** How much of the file has been sent with it, in bytes. */
  end: number;
}

/**
 * Cuts a large list of conversations between them, so that each piece is a list that can be imported by itself. It looks at
 * bytes only and keeps none. Any other file is one piece.
 * @param most Bytes of a piece, unless a single conversation is larger.
 */
export async function* piecesOf(file: Blob, most: number): AsyncGenerator<Piece> {
  const marks = file.size > most ? await marksOf(file) : [];
  if (marks.length < 2) return yield { body: file, end: file.size };
  let begin = marks[0]!;
  let end = marks[1]!;
  for (const mark of marks.slice(2)) {
    if (mark - begin > most) {
      yield pieceOf(file, begin, end);
      begin = end;
    }
    end = mark;
  }
  yield pieceOf(file, begin, end);
}

const pieceOf = (file: Blob, begin: number, end: number): Piece => ({
  body: new Blob(["[", file.slice(begin + 1, end), "]"]),
  end,
});

/** Where the brackets of a list are, and the commas between its elements. Empty: it is no list, or not whole. */
async function marksOf(file: Blob): Promise<number[]> {
  const marks: number[] = [];
  let at = -1;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    for (const byte of read.value) {
      at++;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === 0x5c) isEscaped = true;
        else if (byte === 0x22) isText = false;
      } else if (byte === 0x22) isText = true;
      else if (byte === 0x5b || byte === 0x7b) {
        if (++depth > 1) continue;
        // An object is one conversation.
        if (byte === 0x7b) return [];
        marks.push(at);
      } else if (byte === 0x5d || byte === 0x7d) {
        if (--depth === 0) marks.push(at);
      } else if (byte === 0x2c && depth === 1) marks.push(at);
    }
  }
  return depth === 0 && !isText ? marks : [];
}
