import { dollars } from "./dollars";

/** What matters in a row: the beginning of a formula, an escaped character, a run of backticks, a pipe. */
const mark = /\\[\s\S]|\$+|`+|\|/g;

/**
 * The cells of a row of a table. A pipe ends a cell, but not in code or in a formula, because models write those as they are.
 * `\|` is a pipe. `isOpen`: the row is still being written, so code that is open goes on to its end.
 */
export function cellsOf(line: string, isOpen = false): string[] {
  const row = line.trim();
  const cells: string[] = [];
  const lastRun = new Map<number, number>();
  for (const { 0: run, index } of row.matchAll(/`+/g)) lastRun.set(run.length, index);
  const lastClosing = row.lastIndexOf("\\)");
  let from = 0;
  mark.lastIndex = 0;
  for (let found = mark.exec(row); found; found = mark.exec(row)) {
    const [text] = found;
    if (text === "|") {
      cells.push(row.slice(from, found.index));
      from = mark.lastIndex;
    } else if (text[0] === "`") {
      if ((lastRun.get(text.length) ?? -1) > found.index) mark.lastIndex = endOfCode(row, mark.lastIndex, text.length);
      else if (isOpen) break;
    } else if (text === "\\(") {
      if (lastClosing > found.index) mark.lastIndex = row.indexOf("\\)", mark.lastIndex) + 2;
    } else if (text[0] === "$") {
      const end = dollars(row, found.index, row.length)?.end;
      if (end !== undefined && !/^\$\s/.test(row.slice(found.index, found.index + 2))) mark.lastIndex = end;
    }
  }
  cells.push(row.slice(from));
  if (cells[0] === "") cells.shift();
  if (cells.at(-1) === "") cells.pop();
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** The place after the next run of so many backticks. There is one. */
function endOfCode(row: string, from: number, length: number): number {
  const run = /`+/g;
  run.lastIndex = from;
  for (let found = run.exec(row); found; found = run.exec(row)) if (found[0].length === length) break;
  return run.lastIndex;
}
