/** The end of a text that grows: what of it can be read already. */
export interface Readable {
  readonly text: string;
  /** Whether it was read as what it seems to become: then nothing before it is settled on that ground. */
  readonly isGuess: boolean;
}

/** A line that may still become something else altogether, such as a list, a rule, a heading's underline or a fence. */
const undecided =
  /^[ \t>]*(?:[-+*=_#>|:~`$\\ \t]+|\d{1,9}[.)]?|[-+*]\s+\[[ xX]?\]?|(?:[-+*]|\d{1,9}[.)])\s+[-+*=_#>~`$\\]*|!?\[\^?[^\]\s]*|\[\^[^\]\s]*\]:?|`{3,}[^`]*|~{3,}.*)$/;

/** What an inline construct may begin with, at the end of a line that has more before it. */
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

/** `\(x`, `\[x` and `$x`, where the dollar stands before what is no number. */
const openFormula = /(?:\\[([][^)\]\n]{0,200}|(?<![\p{L}\p{N}$\\])\$(?=[\p{L}\\{(|[])[^$\s][^$\n ]{0,60})$/u;

/** A first row with cells, whose underline has not arrived or not whole, is shown as the head of a table. */
function tableHeader(before: string, line: string): string | undefined {
  const isUnderline = /^[ \t]{0,3}[|:-][|: \t-]*$/.test(line);
  const head = line === "" || isUnderline ? /(?:^|\n)([^\n]*)\n$/.exec(before)?.[1] : line;
  if (head === undefined || !/^ {0,3}\|.*\S/.test(head)) return;
  const start = line === "" || isUnderline ? before.length - head.length - 1 : before.length;
  const previous = /(?:^|\n)([^\n]*)\n$/.exec(before.slice(0, start))?.[1] ?? "";
  // A row of a table, not its first.
  if (/^ {0,3}\|/.test(previous)) return;
  const cells = head.trim().replace(/\\\|/g, "").replace(/^\|/, "").replace(/\|$/, "").split("|").length;
  const whole = head.trim() === "|" ? "| " : head;
  return `${before.slice(0, start)}${whole}\n${"|-".repeat(cells)}|`;
}
