import { copy } from "./code";
import { cellsOf, csvOf, tabbedOf } from "./csv";
import { save } from "./files";
import { clone } from "./given";

let bar: HTMLElement | undefined;
let shownFor: HTMLElement | undefined;

/** Offers to copy and save a table while the pointer or the focus is in it. One bar for all, so that no table is moved. */
export function mindTables(): void {
  for (const type of ["pointerover", "focusin"] as const) document.addEventListener(type, ({ target }) => show(target));
  addEventListener("resize", hide);
}

function show(target: EventTarget | null): void {
  if (!(target instanceof Element) || target.closest(".table-bar")) return;
  const table = target.closest<HTMLElement>(".markdown .table");
  if (table === (shownFor ?? null)) return;
  // The focus may stay in the bar, or in a table.
  if (!table && (bar?.contains(document.activeElement) || document.activeElement?.closest(".markdown .table"))) return;
  hide();
  if (!table || table.closest(".message")?.getAttribute("data-state") === "running") return;
  bar ??= clone("table-bar");
  shownFor = table;
  // Behind the table, so that the Tab key goes there next.
  table.after(bar);
  const [inner, outer] = [table.getBoundingClientRect(), (bar.offsetParent ?? document.body).getBoundingClientRect()];
  bar.style.top = `${inner.top - outer.top}px`;
  bar.style.right = `${outer.right - inner.right}px`;
}

function hide(): void {
  bar?.remove();
  shownFor = undefined;
}

const rows = () => {
  const table = shownFor?.querySelector("table");
  return table ? cellsOf(table) : [];
};

export const copyTable = (button: HTMLElement) => copy(tabbedOf(rows()), button);

export const saveTable = () => save(csvOf(rows()), "table.csv", "text/csv");
