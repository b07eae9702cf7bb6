/** The part of a growing text that can be parsed now. */
export interface Readable {
  readonly text: string;
  /** True if the end was guessed (the head of a table). Nothing settles because of a guess. */
  readonly isGuess: boolean;
}

export function readable(text: string): Readable {
  const start = text.lastIndexOf("\n") + 1;
  const line = text.slice(start);
  const before = text.slice(0, start);
  const header = tableHeader(before, line);
  if (header !== undefined) return { text: header, isGuess: true };
  if (isUndecided(line)) return { text: before, isGuess: false };
  return { text: before + withoutOpenFormula(withoutHalfToken(line)), isGuess: false };
}

/** Lines are as long as a model makes them. Each expression here reads a line once, or only the end of it. */
const marksOnly = /^[-+*=_#>|:~`$\\ \t]+$/;

/** What a line may be after its indent and quotation marks while it is a list, a rule or a fence to be. */
const beginnings = [
  /^\d{1,9}[.)]?$/,
  /^[-+*]\s+\[[ xX]?\]?$/,
  /^(?:[-+*]|\d{1,9}[.)])\s+[-+*=_#>~`$\\]*$/,
  /^!?\[\^?[^\]\s]*$/,
  /^\[\^[^\]\s]*\]:?$/,
  /^`{3,}[^`]*$/,
  /^~~~/,
];

/** True for a line that may still become something else: a list, a rule, the underline of a heading, a fence. It is held back. */
function isUndecided(line: string): boolean {
  if (marksOnly.test(line)) return true;
  let from = 0;
  while (from < line.length && " \t>".includes(line[from]!)) from++;
  const rest = line.slice(from);
  return beginnings.some((beginning) => beginning.test(rest));
}

/** No construct whose beginning is cut off is longer than this, in UTF-16 units. A run of one mark may be. */
const longestHalf = 256;

const runs = "*_~`$";
const halfToken = /(?:!?\[(?:\^[^\]\s]*)?|!|<[^\s<>]{0,200}|\\[([]?|&#?\w{0,8}|[\ud800-\udbff])$/;

/** Cuts off the beginning of an inline construct at the end of a line. The rest of the line is shown. */
function withoutHalfToken(line: string): string {
  let end = line.length;
  const last = line.at(-1);
  if (last !== undefined && runs.includes(last)) while (line[end - 1] === last) end--;
  const tail = line.slice(-longestHalf);
  const found = tail.search(halfToken);
  return line.slice(0, found < 0 ? end : Math.min(end, line.length - tail.length + found));
}

/** `\(x`, `\[x` and `$x`: a formula that has not closed. A dollar before a number opens none. */
const openFormula = /(?:\\[([][^)\]\n]{0,200}|(?<![\p{L}\p{N}$\\])\$(?=[\p{L}\\{(|[])[^$\s][^$\n ]{0,60})$/u;

function withoutOpenFormula(line: string): string {
  const tail = line.slice(-longestHalf);
  return line.slice(0, line.length - tail.length) + tail.replace(openFormula, "");
}

/** No table has more columns. */
const mostCells = 64;

/** Shows a first row with cells as the head of a table before its underline has arrived completely. */
function tableHeader(before: string, line: string): string | undefined {
  const isUnderline = line === "" || /^[ \t]{0,3}[|:-][|: \t-]*$/.test(line);
  const head = isUnderline ? lastLine(before) : line;
  if (head === undefined || !/^ {0,3}\|.*\S/.test(head)) return;
  const start = isUnderline ? before.length - head.length - 1 : before.length;
  const previous = lastLine(before.slice(0, start)) ?? "";
  // This is a later row of a table.
  if (/^ {0,3}\|/.test(previous)) return;
  const cells = head.trim().replace(/\\\|/g, "").replace(/^\|/, "").replace(/\|$/, "").split("|").length;
  if (cells > mostCells) return;
  const whole = head.trim() === "|" ? "| " : head;
  return `${before.slice(0, start)}${whole}\n${"|-".repeat(cells)}|`;
}

/** The last line of a text that ends with a line break. */
function lastLine(text: string): string | undefined {
  if (!text.endsWith("\n")) return undefined;
  return text.slice(text.lastIndexOf("\n", text.length - 2) + 1, -1);
}
