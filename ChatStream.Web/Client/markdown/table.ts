import { cellsOf } from "./cells";
import type { BlockRule, BlockState, Markdown } from "./rules";

const underline = /^[|:\- \t]+$/;
const dashes = /^:?-+:?$/;

/** Tables as in GFM, but a pipe in code does not end a cell: see `cellsOf`. */
export function tables(md: Markdown): void {
  md.block.ruler.at("table", block, { alt: ["paragraph", "reference"] });
}

const block: BlockRule = (state, start, end, silent) => {
  if (start + 2 > end || !isRow(state, start) || !isRow(state, start + 1)) return false;
  const second = lineOf(state, start + 1);
  if (!"|-:".includes(second[0] ?? " ") || /^-[ \t]/.test(second) || !/^.[|:\- \t]/.test(second)) return false;
  if (!underline.test(second)) return false;
  const first = lineOf(state, start);
  if (!first.includes("|")) return false;
  const isLast = (line: number) => Boolean(state.env["growing"]) && state.eMarks[line]! >= state.src.length;
  const heads = cellsOf(first);
  const underlines = cellsOf(second);
  if (heads.length === 0 || heads.length !== underlines.length || !underlines.every((cell) => dashes.test(cell))) return false;
  if (silent) return true;

  const styles = underlines.map(styleOf);
  const parent = state.parentType;
  state.parentType = "table";
  const terminators = state.md.block.ruler.getRules("blockquote");
  const map: [number, number] = [start, 0];
  state.push("table_open", "table", 1).map = map;
  state.push("thead_open", "thead", 1).map = [start, start + 1];
  pushRow(state, start, "th", heads, styles);
  state.push("thead_close", "thead", -1);

  let line = start + 2;
  const rows: [number, number] = [line, line];
  for (; line < end; line++) {
    if (!isRow(state, line) || state.isEmpty(line) || terminators.some((rule) => rule(state, line, end, true))) break;
    if (line === rows[0]) state.push("tbody_open", "tbody", 1).map = rows;
    const text = lineOf(state, line);
    const cells = cellsOf(text, isLast(line));
    const isOpen = isLast(line) && !(text.endsWith("|") && !cells.at(-1)?.endsWith("|"));
    // A short row has empty cells at its end, but few more than it has characters, because a table may be very wide.
    const missing = isOpen ? 0 : text.length + 1;
    const count = Math.min(styles.length, Math.max(1, cells.length + missing));
    pushRow(
      state,
      line,
      "td",
      Array.from({ length: count }, (_, i) => cells[i] ?? ""),
      styles,
    );
  }
  if (line > rows[0]) state.push("tbody_close", "tbody", -1);
  rows[1] = line;
  state.push("table_close", "table", -1);
  map[1] = line;
  state.parentType = parent;
  state.line = line;
  return true;
};

const lineOf = (state: BlockState, line: number) =>
  state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]).trimEnd();

const isRow = ({ sCount, blkIndent }: BlockState, line: number) => sCount[line]! >= blkIndent && sCount[line]! - blkIndent < 4;

function styleOf(cell: string): string {
  if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "right";
  return cell.startsWith(":") ? "left" : "";
}

function pushRow(state: BlockState, line: number, tag: "th" | "td", cells: string[], styles: string[]): void {
  state.push("tr_open", "tr", 1).map = [line, line + 1];
  cells.forEach((content, i) => {
    const open = state.push(`${tag}_open`, tag, 1);
    if (styles[i]) open.meta = { align: styles[i] };
    const inline = state.push("inline", "", 0);
    inline.content = content;
    inline.meta = { cell: true };
    inline.map = [line, line + 1];
    inline.children = [];
    state.push(`${tag}_close`, tag, -1);
  });
  state.push("tr_close", "tr", -1);
}
