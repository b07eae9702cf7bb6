import { find } from "./dom";
import { word } from "./words";

let shown = document.title;
let mark: "title-complete" | "title-ended" | undefined;

export function showTitle(title: string): void {
  shown = `${title} · ChatStream`;
  find(document, "#title").textContent = title;
  show();
}

/** For whoever sees only the tab. */
export function showEndInTitle(complete: boolean): void {
  mark = complete ? "title-complete" : "title-ended";
  show();
}

function show(): void {
  if (!document.hidden) mark = undefined;
  document.title = mark ? word(mark, shown) : shown;
}

document.addEventListener("visibilitychange", show);
