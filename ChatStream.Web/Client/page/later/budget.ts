import { find, word } from "./given";

/** Says, where the page has a place for it, that most of a budget is used. @param warning The header of a start. */
export function warnOfBudget(warning: string): void {
  const [name, ...figures] = warning.split("; ");
  const place = document.querySelector<HTMLElement>("#budget");
  if (!place || name === undefined) return;
  const key = figures.includes("per=day") ? "script.budget-of-day" : "script.budget-of-month";
  find(place, "span").textContent = word(key, decodeURIComponent(name));
  place.hidden = false;
}
