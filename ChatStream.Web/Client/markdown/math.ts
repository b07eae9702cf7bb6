import { dollars, type Found, isWords, longest } from "./dollars";
import { environmentAt } from "./environments";
import type { BlockRule, BlockState, InlineRule, Markdown } from "./rules";
import { nextOf } from "./search";

/** The bound on lines makes sure that each line is looked at only so often. */
const mostLines = 400;

/** Words of a sentence. Between marks with empty lines, they tell that the marks are no pair. */
const prose = /\p{L}{2,},? \p{L}{2,} \p{L}{2,}/u;
const commandText = /\\[a-zA-Z]+\*?(?:\s*\{[^{}]*\})?/g;

/** Formulas: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A price such as `$5` opens none. */
export function math(md: Markdown): void {
  md.block.ruler.before("fence", "math", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
  md.inline.ruler.before("escape", "math", inline);
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  const opening = state.src.substr(state.bMarks[start]! + state.tShift[start]!, 2);
  const first = state.bMarks[start]! + state.tShift[start]!;
  const environment = environmentAt(state.src, first);
  const isDollars = opening === "$$" && state.src[first + 2] !== "$";
  const closing = environment?.closing ?? (isDollars ? "$$" : opening === "\\[" ? "\\]" : undefined);
  if (!closing || (opening !== "\\[" && isWithin(state, start))) return false;

  const close = nextOf(closing, state.src, first + 2);
  const after = close + closing.length;
  const lineOf = (line: number) => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]).trim();
  // Between marks on lines of their own, lines may be empty.
  const mayHaveEmpty =
    !environment &&
    lineOf(start) === opening &&
    (close < Infinity || (Boolean(state.env["growing"]) && start + 1 < end && isOfFormula(lineOf(start + 1))));
  let hasEmpty = false;
  let last = start;
  let open = true;
  for (; last < end && last - start < mostLines; last++) {
    if (state.isEmpty(last) && mayHaveEmpty) hasEmpty = true;
    else if (state.isEmpty(last) || state.sCount[last]! < state.blkIndent) break;
    if (after > state.eMarks[last]!) continue;
    open = false;
    break;
  }
  const size = state.eMarks[Math.min(last, end - 1)]! - state.bMarks[start]!;
  if (size > longest || (open && !(state.env["growing"] && last >= state.lineMax && !isWords(lineOf(start))))) return false;
  // More text after it on its line: the formula is part of a paragraph.
  if (!open && state.src.slice(after, state.eMarks[last]).trim()) return false;
  if (hasEmpty && ((!open && lineOf(last) !== closing) || isProse(state.src.slice(first, state.eMarks[Math.min(last, end - 1)]))))
    return false;
  if (silent) return true;

  const lines = state.getLines(start, open ? last : last + 1, state.sCount[start]!, false).trim();
  // The first character of the closing mark is none of the formula.
  const source = environment ? lines : open ? lines.slice(2).replace(opening === "$$" ? /\$$/ : /\\$/, "") : lines.slice(2, -2);
  if (!open && !source.trim()) return false;
  const token = state.push("math", "", 0);
  token.content = source.trim();
  token.markup = opening;
  token.map = [start, (state.line = open ? last : last + 1)];
  token.meta = { display: true, open };
  return true;
};

/** The marks of a formula stand at most this far from each other for them to be its ends. */
const longestInline = 2_000;

/** True within a formula that began in the paragraph above, behind a text. */
function isWithin({ src, bMarks, line }: BlockState, start: number): boolean {
  const from = bMarks[start]!;
  const above = src.slice(Math.max(bMarks[line]!, from - longestInline), from);
  return above.split("$$").length % 2 === 0 || above.lastIndexOf("\\[") > above.lastIndexOf("\\]");
}

const isOfFormula = (line: string) => /[\\^_=]/.test(line) || !/\p{L}{2}/u.test(line);
const isProse = (text: string) => prose.test(text.replace(commandText, " "));

const inline: InlineRule = (state, silent) => {
  const { src, pos, posMax } = state;
  const found = src[pos] === "$" ? dollars(src, pos, posMax) : src[pos] === "\\" ? commands(src, pos, posMax) : undefined;
  if (!found || found.end - pos > longest) return false;
  const content = src.slice(pos + found.width, found.end - found.width);
  if (!content.trim() || /\n[ \t]*\n/.test(content)) return false;
  if (!silent) {
    const token = state.push("math_inline", "", 0);
    token.content = content.trim();
    token.markup = src.slice(pos, pos + found.width);
    token.meta = { display: found.display, open: false };
  }
  state.pos = found.end;
  return true;
};

function commands(src: string, pos: number, max: number): Found | undefined {
  const environment = environmentAt(src, pos);
  if (environment) {
    const end = nextOf(environment.closing, src, pos) + environment.closing.length;
    return end <= max ? { end, width: 0, display: environment.display } : undefined;
  }
  const closing = src[pos + 1] === "(" ? "\\)" : src[pos + 1] === "[" ? "\\]" : undefined;
  if (!closing) return;
  const close = nextOf(closing, src, pos + 2);
  if (close + 2 > max) return;
  return { end: close + 2, width: 2, display: closing === "\\]" };
}
