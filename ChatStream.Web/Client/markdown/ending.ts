import { cellsOf } from "./cells";
import { dollars, isWords } from "./dollars";
import { isUnspaced } from "./flanking";

/** The part of a growing text that can be parsed now. */
export interface Readable {
  readonly text: string;
  /** True if the end was guessed (the head of a table). Nothing settles because of a guess. */
  readonly isGuess: boolean;
  /** The marks at the end that were cut off. They may close emphasis. */
  readonly run?: string;
}

/** A backslash before a line break. It is a break once the next line begins. */
const brokenLine = /(?<!\\)(?:\\\\)*\\\n[ \t>]*$/;
const unbroken = (text: string) => (brokenLine.test(text.slice(-longestHalf)) ? text.slice(0, text.lastIndexOf("\\")) : text);

/** @param mayGuess A line with pipes may be the head of a table. */
export function readable(text: string, mayGuess = true): Readable {
  const start = text.lastIndexOf("\n") + 1;
  const line = text.slice(start);
  const before = text.slice(0, start);
  const header = mayGuess ? tableHeader(before, line) : undefined;
  if (header !== undefined) return { text: header, isGuess: true };
  if (isUndecided(line) && !isRow(before, line) && !isNumber(before, line))
    return { text: unbroken(withoutOpenFormula(before, start)), isGuess: false };
  const whole = unbroken(withoutHalfToken(text, start));
  return { text: whole, isGuess: false, run: text.slice(whole.length) };
}

/** Lines are as long as a model makes them. Each expression here reads a line once, or only the end of it. */
const marksOnly = /^[-+*=_#>|:~`$\\ \t]+$/;

/** What a line may be after its indent and quotation marks while it is a list, a rule or a fence to be. */
const beginnings = [
  /^(?:\d{1,3}|\d{1,9}[.)])$/,
  /^(?:[-+*]|\d{1,9}[.)])\s+\[[ xX]?$/,
  /^(?:[-+*]|\d{1,9}[.)])\s+[-+*=_#>~`$\\]*$/,
  /^!?\[\^?[^\]\s]*$/,
  /^\[\^[^\]\s]*\][:：]?$/,
  /^`{3,}[^`]*$/,
  /^~~~/,
];

/** The beginning of a row: in a list or a quotation, their marks stand before its first pipe. */
const rowStart = /^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*(?=\|)/;

/** True for a line that may still become something else: a list, a rule, the underline of a heading, a fence. It is held back. */
function isUndecided(line: string): boolean {
  if (marksOnly.test(line)) return true;
  let from = 0;
  while (from < line.length && " \t>".includes(line[from]!)) from++;
  const rest = line.slice(from);
  return beginnings.some((beginning) => beginning.test(rest));
}

/** True for a row below the underline of a table: marks are text there. */
function isRow(before: string, line: string): boolean {
  const underline = lastLine(before);
  if (underline === undefined || itemStart.test(line) || !rowStart.test(line) || !rowStart.test(underline)) return false;
  return rowStart.test(lastLine(before.slice(0, -underline.length - 1)) ?? "");
}

/** True for a number below a line of a paragraph, such as "Answer:". No list begins there, but with 1. */
function isNumber(before: string, line: string): boolean {
  const previous = lastLine(before) ?? "";
  return line !== "1" && /^\d+$/.test(line) && /^[^\s>#|`~]/.test(previous) && !itemStart.test(previous);
}

/** No construct whose beginning is cut off is longer than this, in UTF-16 units. A run of one mark may be. */
const longestHalf = 256;

const runs = "*_~`";
const names = "br|sub|sup|kbd|mark|small|u|ins|s|del|strike|b|strong|i|em|code|details|summary";
const halves = [
  String.raw`!?\[(?:\^[^\]\s]*)?`,
  // An image begins after a space; the mark after a word ends a sentence.
  String.raw`(?<![^\s[(])!`,
  String.raw`<[^\s<>]{0,200}`,
  String.raw`<\/?(?:${names})\s[^<>]{0,200}`,
  String.raw`(?<!\\)\\(?:[([]|[a-z]{0,5}|begin\{[a-zA-Z*]{0,20})`,
  // Not as in "R&D".
  String.raw`&(?!(?<=[A-Z]&)[A-Z]$)#?\w{0,32}`,
  String.raw`[\ud800-\udbff]`,
];
const halfToken = new RegExp(`(?:${halves.join("|")})$`);

/** Cuts off the beginning of an inline construct at the end of the last line, which begins at `start`. The rest is shown. */
function withoutHalfToken(text: string, start = 0): string {
  let end = text.length;
  const last = text.at(-1);
  if (/(?:^|[^\\])\$$/.test(text.slice(start).slice(-2))) {
    if (endsFormula(text, start)) return text;
    end -= text.endsWith("$$") ? 2 : 1;
  } else if (last !== undefined && runs.includes(last)) while (text[end - 1] === last) end--;
  const isCode = last === "`" && isInCode(text.slice(start, end));
  const tail = text.slice(Math.max(start, text.length - longestHalf));
  const found = tail.search(halfToken);
  if (found >= 0) end = Math.min(end, text.length - tail.length + found);
  end = withoutOpenFormula(text.slice(0, end), start).length;
  // Emphasis that begins with what is cut off, such as a link.
  if (end < text.length && !isCode) while (end > 0 && "*_~".includes(text[end - 1]!)) end--;
  // The first mark of a run may be escaped.
  return text.slice(0, /(?<!\\)(?:\\\\)*\\$/.test(text.slice(start, end)) ? end + 1 : end);
}

const isInCode = (line: string) => (line.slice(-longestHalf).match(/`+/g)?.length ?? 0) % 2 === 1;

/** What no dollar of a formula follows: a letter or a digit, but not of Chinese and its like. */
const free = String.raw`(?<![$\\a-zA-Z0-9\u00aa-\u1fff])`;

/** What a formula begins with, and a call such as `$('a')` does not. */
const first = String.raw`(?=-?[\p{L}\\{|[]|\((?!['"]))`;

/**
 * `\(x`, `\[x`, `\begin{x}`, `$$x`, `$\x`, `$x`, `$x + y` and `$ x =`: a formula that has not closed. A dollar before a number
 * opens none before a command, and one before a word by itself, as in `$HOME`, is shown.
 */
const openFormula = new RegExp(
  [
    String.raw`(?<!\\)\\[([](?:(?!\\[)\]])[^\n]){0,200}$`,
    String.raw`\\begin\{[a-zA-Z]{1,12}\*?\}(?:(?!\\end\{)[^\n]){0,200}(?:\\end\{[a-zA-Z*]*)?$`,
    String.raw`${free}\$${first}(?=[^$\n]{0,60}\\[a-zA-Z{|$])(?:\\.|[^$\n\\]){1,120}\\?$`,
    String.raw`${free}\$${first}(?!(?:[a-zA-Z]{4,}|\w+[;.])$)[^$\s]` +
      String.raw`(?:[^$\n ]|(?<=[-+*/=<>,:|]|\\[a-zA-Z]{1,20}) | (?=[-+*/=<>|\\]|$)){0,80}$`,
    String.raw`${free}\$\d[\d.,]*[a-z]? ?(?:\\[a-zA-Z,%]|[\^_])(?:\\.|[^$\n\\]){0,80}\\?$`,
    String.raw`${free}\$[- ]*(?:\p{L} *)?$`,
    String.raw`${free}\$ +(?:\p{L} *[=^_(+<>]|\\[a-z])[^$\n]{0,80}$`,
  ].join("|"),
  "u",
);

/** A formula between two dollars that is open for longer is shown as it was written. */
const longestOpen = 200;

/** True in a block of code, which stands in an item or a quotation. */
const isInBlock = (text: string) => (text.match(/^[ \t>]*(?:[-+*] |\d+[.)] )?(?:`{3}|~{3})/gm)?.length ?? 0) % 2 === 1;

/**
 * Where a formula of its own line begins that has not closed: `$$` or `\[` behind a text. At the beginning of a
 * line it is a block.
 */
function openDisplay(text: string): number {
  const paragraph = text.lastIndexOf("\n\n") + 1;
  const isDollars = text.slice(paragraph).split("$$").length % 2 === 0;
  const at = text.lastIndexOf(isDollars ? "$$" : "\\[");
  if (at < paragraph || (!isDollars && (at < text.lastIndexOf("\\]") || text[at - 1] === "\\"))) return -1;
  const rest = text.slice(at + 2);
  const isCut = rest.length > longestOpen || /^\$|^ \||\n[ >]*(?:[-+*#]|\d+[.)]) /.test(rest) || isWords(rest);
  const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
  return isCut || itemOnly.test(line) || isInCode(line) || isInBlock(text) ? -1 : at;
}

function withoutOpenFormula(text: string, start: number): string {
  const display = openDisplay(text);
  if (display >= 0) return text.slice(0, display);
  const tail = text.slice(Math.max(start, text.length - longestHalf));
  const at = tail.search(openFormula);
  return at < 0 || closes(tail, at) ? text : text.slice(0, text.length - tail.length + at);
}

/** True if a dollar is the end of a formula. */
function closes(line: string, at: number): boolean {
  const before = line[at] === "$" ? line.lastIndexOf("$", at - 1) : -1;
  return at > 0 && before >= 0 && dollars(line, before, at + 1) !== undefined;
}

/** True if the dollar at the end of a text closes a formula, and does not begin one. */
function endsFormula(text: string, start: number): boolean {
  if (/(?<!\\)\$\$$/.test(text.slice(-3))) return text.slice(text.lastIndexOf("\n\n") + 1).split("$$").length % 2 === 1;
  const rest = text.slice(start, -1);
  if (openDisplay(text.slice(0, -1)) >= 0) return false;
  const tail = text.slice(-longestHalf);
  return (/(?:[\p{L}\p{N}]|\\\$)$/u.test(rest) && !isUnspaced(rest.at(-1)!)) || closes(tail, tail.length - 1);
}

/** No table has more columns. */
const mostCells = 64;

const itemOnly = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?$/;
const itemStart = /^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]/m;

/** Shows a first row with cells as the head of a table before its underline has arrived completely. */
function tableHeader(before: string, line: string): string | undefined {
  const isUnderline = /^[ \t>]*(?:[|:-][|: \t-]*)?$/.test(line);
  const head = isUnderline ? lastLine(before) : line;
  const start = head && rowStart.exec(head)?.[0];
  if (start === undefined || !/\S/.test(head!.slice(start.length + 1))) return;
  const from = isUnderline ? before.length - head!.length - 1 : before.length;
  // This is a later row of a table.
  if (!itemStart.test(start) && rowStart.test(lastLine(before.slice(0, from)) ?? "")) return;
  const whole = isUnderline ? head!.slice(start.length) : withoutHalfToken(head!.slice(start.length));
  if (!isUnderline && whole.trim() === "|") return before;
  const cells = Math.max(1, cellsOf(whole, !isUnderline).length);
  if (cells > mostCells) return;
  return `${before.slice(0, from)}${start}${whole}\n${start.replace(/[^\s>]/g, " ")}${"|-".repeat(cells)}|`;
}

/** The last line of a text that ends with a line break. */
function lastLine(text: string): string | undefined {
  if (!text.endsWith("\n")) return undefined;
  return text.slice(text.lastIndexOf("\n", text.length - 2) + 1, -1);
}
