import type { BlockRule, InlineRule, Markdown } from "./rules";

const longest = 8_000;

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

  let last = start;
  let open = true;
  for (; last < end && !state.isEmpty(last) && state.sCount[last]! >= state.blkIndent; last++) {
    const first = state.bMarks[last]! + state.tShift[last]! + (last === start ? 2 : 0);
    const at = state.src.slice(first, state.eMarks[last]).indexOf(closing);
    if (at < 0) continue;
    // More text after it on its line: the formula is part of a paragraph.
    if (state.src.slice(first + at + 2, state.eMarks[last]).trim()) return false;
    open = false;
    break;
  }
  const size = state.eMarks[Math.min(last, end - 1)]! - state.bMarks[start]!;
  if (size > longest || (open && !(state.env["growing"] && last >= state.lineMax))) return false;
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
  if (/^\s|\s$/.test(content) || /[\p{L}\p{N}$]/u.test(src[close + 1] ?? "")) return;
  // "$5 and 10$": a number followed by words is an amount.
  if (/^\d[\d.,]*\s+[a-z]{2}/i.test(content)) return;
  return { end: close + 1, width, display: false };
}

/** The last closing mark that was not found, so that a thousand opening marks do not each search to the end. */
let missing = { src: "", closing: "" };

function brackets(src: string, pos: number, max: number): Found | undefined {
  const closing = src[pos + 1] === "(" ? "\\)" : src[pos + 1] === "[" ? "\\]" : undefined;
  if (!closing || (missing.src === src && missing.closing === closing)) return;
  const close = src.indexOf(closing, pos + 2);
  if (close < 0) missing = { src, closing };
  if (close < 0 || close + 2 > max) return;
  return { end: close + 2, width: 2, display: closing === "\\]" };
}
