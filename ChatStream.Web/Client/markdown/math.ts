import type { BlockRule, InlineRule, Markdown } from "./rules";

/** A longer text is no formula. The bound on lines makes sure that each line is looked at only so often. */
const longest = 8_000;
const mostLines = 400;

/** Formulas: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A price such as `$5` opens none. */
export function math(md: Markdown): void {
  md.block.ruler.before("fence", "math", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
  md.inline.ruler.before("escape", "math", inline);
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  const opening = state.src.substr(state.bMarks[start]! + state.tShift[start]!, 2);
  const closing = opening === "$$" ? "$$" : opening === "\\[" ? "\\]" : undefined;
  if (!closing) return false;

  const from = state.bMarks[start]! + state.tShift[start]! + 2;
  const close = nextOf(closing, state.src, from);
  let last = start;
  let open = true;
  for (; last < end && last - start < mostLines && !state.isEmpty(last) && state.sCount[last]! >= state.blkIndent; last++) {
    if (close + 2 > state.eMarks[last]!) continue;
    open = false;
    break;
  }
  const size = state.eMarks[Math.min(last, end - 1)]! - state.bMarks[start]!;
  if (size > longest || (open && !(state.env["growing"] && last >= state.lineMax))) return false;
  // More text after it on its line: the formula is part of a paragraph.
  if (!open && state.src.slice(close + 2, state.eMarks[last]).trim()) return false;
  if (silent) return true;

  const lines = state.getLines(start, open ? last : last + 1, state.sCount[start]!, false).trim();
  const source = open ? lines.slice(2) : lines.slice(2, -2);
  if (!open && !source.trim()) return false;
  const token = state.push("math", "", 0);
  token.content = source.trim();
  token.markup = opening;
  token.map = [start, (state.line = open ? last : last + 1)];
  token.meta = { display: true, open };
  return true;
};

const inline: InlineRule = (state, silent) => {
  const { src, pos, posMax } = state;
  const found = src[pos] === "$" ? dollars(src, pos, posMax) : src[pos] === "\\" ? brackets(src, pos, posMax) : undefined;
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

interface Found {
  end: number;
  width: number;
  display: boolean;
}

function dollars(src: string, pos: number, max: number): Found | undefined {
  const width = src[pos + 1] === "$" ? 2 : 1;
  if (/[\p{L}\p{N}$\\]/u.test(src[pos - 1] ?? "")) return;
  const from = pos + width;
  let close = src.indexOf("$", from);
  while (close > 0 && src[close - 1] === "\\") close = src.indexOf("$", close + 1);
  if (close < 0 || close + width > max) return;
  if (width === 2) return src[close + 1] === "$" ? { end: close + 2, width, display: true } : undefined;

  const content = src.slice(from, close);
  if (content !== content.trim() || /[\p{L}\p{N}$]/u.test(src[close + 1] ?? "")) return;
  // "$5 and 10$": a number followed by words is an amount.
  if (/^\d[\d.,]*\s+[a-z]{2}/i.test(content)) return;
  return { end: close + 1, width, display: false };
}

/** The last search for each closing mark, so that a thousand opening marks do not each search for the same one. */
const searches = new Map<string, { src: string; from: number; at: number }>();

/** The place of a mark at or after another place; infinity if there is none. */
function nextOf(mark: string, src: string, from: number): number {
  const last = searches.get(mark);
  if (last && last.src === src && last.from <= from && from <= last.at) return last.at;
  const found = src.indexOf(mark, from);
  const at = found < 0 ? Number.POSITIVE_INFINITY : found;
  searches.set(mark, { src, from, at });
  return at;
}

function brackets(src: string, pos: number, max: number): Found | undefined {
  const closing = src[pos + 1] === "(" ? "\\)" : src[pos + 1] === "[" ? "\\]" : undefined;
  if (!closing) return;
  const close = nextOf(closing, src, pos + 2);
  if (close + 2 > max) return;
  return { end: close + 2, width: 2, display: closing === "\\]" };
}
