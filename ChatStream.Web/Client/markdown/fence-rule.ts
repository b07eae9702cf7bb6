import { FenceLines } from "./fence-lines";
import type { BlockRule, Markdown } from "./rules";

const opening = /^(`{3,})([^`]*)$|^(~{3,})(.*)$/s;

/** Fenced code. It may have fences in it: see `FenceLines`. */
export function fences(md: Markdown): void {
  md.block.ruler.at("fence", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  const from = state.bMarks[start]! + state.tShift[start]!;
  if (state.src[from] !== "`" && state.src[from] !== "~") return false;
  const found = opening.exec(state.src.slice(from, state.eMarks[start]));
  if (!found) return false;
  if (silent) return true;

  const [markup, info] = [found[1] ?? found[3]!, state.md.utils.unescapeAll(found[2] ?? found[4]!)];
  const lines = new FenceLines(markup, info);
  let line = start + 1;
  let closed = false;
  for (; line < end && !closed; line++) {
    const at = state.bMarks[line]! + state.tShift[line]!;
    // The list item or quotation has ended.
    if (at < state.eMarks[line]! && state.sCount[line]! < state.blkIndent) break;
    if (state.src[at] === markup[0] && state.sCount[line]! - state.blkIndent < 4)
      closed = lines.closes(state.src.slice(at, state.eMarks[line]));
  }
  state.line = line;
  const token = state.push("fence", "code", 0);
  token.info = info;
  token.content = state.getLines(start + 1, closed ? line - 1 : line, state.sCount[start]!, true);
  token.markup = markup;
  token.map = [start, line];
  if (state.env["growing"] && !closed && line >= end) token.meta = { open: true };
  return true;
};
