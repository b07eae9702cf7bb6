import type { BlockRule, InlineRule, Markdown } from "./rules";

/** Signs stand between letters only, because `[^.]` and `[^/]+` are of a regular expression more often. */
const label = /^\[\^(?=.{1,60}\])([\p{L}\p{N}_-]+(?:[.:+/][\p{L}\p{N}_-]+)*)\]/u;

/**
 * Footnotes: `[^1]` in a text, and a block `[^1]: …` with the indented lines below it.
 * When the text is complete, the notes move below it.
 */
export function footnotes(md: Markdown): void {
  md.block.ruler.before("reference", "footnote", block, { alt: ["paragraph", "reference", "blockquote"] });
  md.inline.ruler.before("link", "footnote", inline);

  // With other signs in its label it is a text. As a definition of an address it would not be seen.
  const paragraph = md.block.ruler.getRules("").at(-1)!;
  md.block.ruler.before("reference", "no_note", (state, start, end, silent) => {
    const line = state.src.slice(state.bMarks[start]! + state.tShift[start]!, state.eMarks[start]);
    return !silent && /^\[\^[^\]]*\]:/.test(line) && paragraph(state, start, end, silent);
  });
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  const first = state.bMarks[start]! + state.tShift[start]!;
  if (state.src[first] !== "[") return false;
  const found = label.exec(state.src.slice(first, Math.min(state.eMarks[start]!, first + 70)));
  if (!found || !/[:：]/.test(state.src[first + found[0].length] ?? "")) return false;
  if (silent) return true;

  // A container like a list item: its first line begins after the label, the other lines are indented by four.
  const after = found[0].length + 1;
  let skipped = after;
  while (first + skipped < state.eMarks[start]! && " \t".includes(state.src[first + skipped]!)) skipped++;
  const { blkIndent, parentType, tight } = state;
  const [bMark, tShift, sCount] = [state.bMarks[start]!, state.tShift[start]!, state.sCount[start]!];
  const open = state.push("footnote_open", "", 1);
  open.meta = { label: found[1]!.toLowerCase() };
  const lines: [number, number] = [start, 0];
  open.map = lines;
  state.bMarks[start] = first + skipped;
  state.tShift[start] = 0;
  state.sCount[start] = blkIndent + 4;
  state.blkIndent += 4;
  state.parentType = "list";
  if (first + skipped < state.eMarks[start]!) state.md.block.tokenize(state, start, end);
  else state.line = start + 1;
  state.blkIndent = blkIndent;
  state.parentType = parentType;
  state.tight = tight;
  state.bMarks[start] = bMark;
  state.tShift[start] = tShift;
  state.sCount[start] = sCount;
  lines[1] = state.line;
  state.push("footnote_close", "", -1);
  return true;
};

const inline: InlineRule = (state, silent) => {
  if (state.src[state.pos] !== "[" || state.src[state.pos + 1] !== "^" || state.linkLevel > 0) return false;
  const found = label.exec(state.src.slice(state.pos, Math.min(state.posMax, state.pos + 70)));
  if (!found) return false;
  if (!silent) {
    const token = state.push("footnote_reference", "", 0);
    token.content = found[0];
    token.meta = { label: found[1]!.toLowerCase() };
  }
  state.pos += found[0].length;
  return true;
};
