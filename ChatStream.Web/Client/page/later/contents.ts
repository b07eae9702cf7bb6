import { clone, find } from "./given";

/** A text with fewer headings needs no list of them. */
const fewest = 5;

/** More are not listed. */
const most = 100;

/** How long an answer must rest before it is looked at, in milliseconds. */
const pause = 400;

/** Where the margin of the page has room for the button. It scrolls with the answer there; else it stands below the answer. */
const hasMargin = matchMedia("(min-width: 75rem)");

const watched = new WeakSet<Element>();

/** Gives a long answer a list of its headings, once it is complete. Nothing is moved by it. */
export function mindContents(article: HTMLElement): void {
  const text = find(article, ".text");
  let timer: number | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => show(article, text), pause);
  };
  look();
  if (watched.has(text)) return;
  watched.add(text);
  // Its headings come when it is read as Markdown.
  new MutationObserver(look).observe(text, { childList: true });
}

function show(article: HTMLElement, text: HTMLElement): void {
  const old = article.querySelector(".contents");
  const headings = [...text.querySelectorAll<HTMLElement>(":scope > :is(h3, h4, h5, h6)")];
  if (article.dataset["state"] !== "ended" || headings.length < fewest) return old?.remove();
  if (old?.getAttribute("data-count") === String(headings.length)) return;
  old?.remove();
  const menu = clone("contents");
  menu.dataset["count"] = String(headings.length);
  const highest = Math.min(...headings.map(levelOf));
  find(menu, "ol").append(
    ...headings.slice(0, most).map((heading) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.type = "button";
      button.className = "quiet";
      button.dir = "auto";
      button.textContent = nameOf(heading);
      item.dataset["level"] = String(Math.min(3, levelOf(heading) - highest));
      button.addEventListener("click", () => {
        menu.removeAttribute("open");
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
        heading.scrollIntoView({ block: "start" });
      });
      item.append(button);
      return item;
    }),
  );
  if (hasMargin.matches) {
    menu.classList.add("beside");
    article.prepend(menu);
  } else find(article, ".meta").append(menu);
}

const levelOf = (heading: Element) => Number(heading.localName[1]);

/** Formulas are named once. */
function nameOf(heading: Element): string {
  const copy = heading.cloneNode(true) as Element;
  for (const formula of copy.querySelectorAll(".katex-html, annotation")) formula.remove();
  return copy.textContent.replace(/\s+/g, " ").trim().slice(0, 200);
}
