/** A line costs as much as so many characters at least, because it may be a block of its own. */
const line = 64;

/** The size of a text, for bounds: its length in UTF-16 units, or more if its lines are short. */
export function sizeOf(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return Math.max(text.length, lines * line);
}

/** How long the beginning of a text is that has at most this size. */
export function lengthWithin(text: string, size: number): number {
  let at = 0;
  for (let lines = Math.floor(size / line); lines > 0; lines--) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0 || at > size) return Math.min(text.length, size);
  }
  return at;
}
