/** The part of a growing text that can be parsed now. */
export interface Readable {
  readonly text: string;
  /** True if the end was guessed (the head of a table). Nothing settles because of a guess. */
  readonly isGuess: boolean;
}

/** A line that may still become something else: a list, a rule, the underline of a heading, a fence. It is held back. */
const undecided = anyOf(
  /[-+*=_#>|:~`$\\ \t]+/,
  /\d{1,9}[.)]?/,
  /[-+*]\s+\[[ xX]?\]?/,
  /(?:[-+*]|\d{1,9}[.)])\s+[-+*=_#>~`$\\]*/,
  /!?\[\^?[^\]\s]*/,
  /\[\^[^\]\s]*\]:?/,
  /`{3,}[^`]*/,
  /~{3,}.*/,
);

/** Matches a whole line that has one of these after its indent and quotation marks. */
function anyOf(...parts: RegExp[]): RegExp {
  return new RegExp(`^[ \\t>]*(?:${parts.map(({ source }) => source).join("|")})$`);
}

/** The beginning of an inline construct at the end of a line. It is cut off; the rest of the line is shown. */
const halfToken = /(?:\*+|_+|~+|`+|\$+|!?\[(?:\^[^\]\s]*)?|!|<[^\s<>]{0,200}|\\[([]?|&#?\w{0,8}|[\ud800-\udbff])$/;

export function readable(text: string): Readable {
  const start = text.lastIndexOf("\n") + 1;
  const line = text.slice(start);
  const before = text.slice(0, start);
  const header = tableHeader(before, line);
  if (header !== undefined) return { text: header, isGuess: true };
  if (undecided.test(line)) return { text: before, isGuess: false };
  return { text: before + line.replace(halfToken, "").replace(openFormula, ""), isGuess: false };
}

/** `\(x`, `\[x` and `$x`: a formula that has not closed. A dollar before a number opens none. */
const openFormula = /(?:\\[([][^)\]\n]{0,200}|(?<![\p{L}\p{N}$\\])\$(?=[\p{L}\\{(|[])[^$\s][^$\n ]{0,60})$/u;

/** Shows a first row with cells as the head of a table before its underline has arrived completely. */
function tableHeader(before: string, line: string): string | undefined {
  const isUnderline = /^[ \t]{0,3}[|:-][|: \t-]*$/.test(line);
  const head = line === "" || isUnderline ? /(?:^|\n)([^\n]*)\n$/.exec(before)?.[1] : line;
  if (head === undefined || !/^ {0,3}\|.*\S/.test(head)) return;
  const start = line === "" || isUnderline ? before.length - head.length - 1 : before.length;
  const previous = /(?:^|\n)([^\n]*)\n$/.exec(before.slice(0, start))?.[1] ?? "";
  // This is a later row of a table.
  if (/^ {0,3}\|/.test(previous)) return;
  const cells = head.trim().replace(/\\\|/g, "").replace(/^\|/, "").replace(/\|$/, "").split("|").length;
  const whole = head.trim() === "|" ? "| " : head;
  return `${before.slice(0, start)}${whole}\n${"|-".repeat(cells)}|`;
}
