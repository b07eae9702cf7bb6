import type { BlockRule, Markdown } from "./rules";
import { nextOf } from "./search";

/** A comment with more lines is shown. The bound makes sure that each line is looked at only so often. */
const mostLines = 500;

/** Hides comments that begin a line. One that is never closed is shown, so that no text is lost. */
export function comments(md: Markdown): void {
  md.block.ruler.before("fence", "comment", block, { alt: ["paragraph", "reference", "blockquote"] });
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  const from = state.bMarks[start]! + state.tShift[start]!;
  if (!state.src.startsWith("<!--", from)) return false;

  const close = nextOf("-->", state.src, from + 2) + 3;
  let last = start;
  while (last < end && last - start < mostLines && close > state.eMarks[last]!) last++;
  const isOpen = last >= end && last >= state.lineMax && Boolean(state.env["growing"]);
  if (!isOpen && (last >= end || close > state.eMarks[last]! || !isWithin(state, start, last))) return false;
  if (silent) return true;

  state.line = isOpen ? last : last + 1;
  state.push("comment", "", 0).map = [start, state.line];
  const rest = isOpen ? "" : state.src.slice(close, state.eMarks[last]).trim();
  if (!rest) return true;
  const map: [number, number] = [last, last + 1];
  state.push("paragraph_open", "p", 1).map = map;
  const inline = state.push("inline", "", 0);
  inline.content = rest;
  inline.map = map;
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  return true;
};

/** True if all lines belong to the same list item or quotation as the first. */
function isWithin(state: Parameters<BlockRule>[0], start: number, last: number): boolean {
  for (let line = start; line <= last; line++) if (!state.isEmpty(line) && state.sCount[line]! < state.blkIndent) return false;
  return true;
}
