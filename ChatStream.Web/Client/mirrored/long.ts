/** A message of the user that is about longer than this is folded to about 15 lines. Same as `LongText` of the server. */
const most = 18;

/** About the width of a line. A letter of Chinese and its like is as wide as two others. */
const width = 72;

export function isLong(text: string): boolean {
  let [lines, used] = [1, 0];
  for (let at = 0; at < text.length && lines <= most; at++) {
    const unit = text.charCodeAt(at);
    const isEnd = unit === 10;
    used = isEnd ? 0 : used + (unit < 0x2e80 ? 1 : 2);
    if (used > width) used -= width;
    else if (!isEnd) continue;
    lines++;
  }
  return lines > most;
}
