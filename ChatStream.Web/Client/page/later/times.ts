import { find } from "./given";
import { locale } from "./locale";

const words = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const shown = new WeakSet<Element>();

/** Shows when a message was said, in the reader's time zone. A message that comes now is said now. */
export function showTimes(article: HTMLElement): void {
  let time = article.querySelector<HTMLTimeElement>(".meta > time");
  if (!time) {
    time = document.createElement("time");
    time.className = "late";
    time.dateTime = new Date().toISOString();
    const figures = article.querySelector(".meta > .figures");
    if (figures) figures.before(time);
    else find(article, ".meta").append(time);
  }
  if (shown.has(time)) return;
  shown.add(time);
  time.textContent = words.format(new Date(time.dateTime));
}
