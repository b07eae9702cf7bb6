/** The cells of a table, row by row, as the page shows them. */
export function cellsOf(table: HTMLTableElement): string[][] {
  return [...table.rows].map((row) => [...row.cells].map((cell) => textOf(cell).trim()));
}

/** A formula is its source, and a line break is one. */
function textOf(node: Node): string {
  if (node instanceof Text) return node.data;
  if (!(node instanceof Element) || node.matches("button, .visually-hidden")) return "";
  if (node.matches(".math")) return (node.querySelector("annotation") ?? node).textContent;
  return [...node.childNodes].map(textOf).join("");
}

const number = /^[+-]?\d[\d.,'\s]*%?$/;

/** A spreadsheet would run what begins like this as a formula. An apostrophe before it makes it a text; a number stays one. */
const isFormula = (cell: string) => /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) && !number.test(cell);

const harmless = (cell: string) => (isFormula(cell) ? `'${cell}` : cell);

/** As RFC 4180 has it. The mark at its beginning tells spreadsheets that it is UTF-8. */
export const csvOf = (rows: readonly (readonly string[])[]) =>
  `\ufeff${rows.map((row) => row.map((cell) => quoted(harmless(cell))).join(",")).join("\r\n")}\r\n`;

const quoted = (cell: string) => (/[",\r\n;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** With tabs, as spreadsheets take it from the clipboard. */
export const tabbedOf = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => harmless(cell.replace(/\s+/g, " "))).join("\t")).join("\n");
