import { find } from "./dom";

/** Follows the end of the conversation for as long as the reader is there. */
const slack = 64;
const root = document.documentElement;
const newest = find<HTMLButtonElement>(document, "[data-action=newest]");
let following = true;
let lastTop = 0;

const distance = () => root.scrollHeight - window.innerHeight - window.scrollY;

addEventListener(
  "scroll",
  () => {
    // Only the reader moves up; growing text and the browser's own anchoring do not.
    if (window.scrollY < lastTop - 2 && distance() > slack) following = false;
    else if (distance() <= slack) following = true;
    lastTop = window.scrollY;
    offerNewest();
  },
  { passive: true },
);

// What comes late (code is highlighted, a font arrives, a keyboard opens) moves nobody who reads further up.
new ResizeObserver(() => {
  followEnd();
  offerNewest();
}).observe(find(document, "#conversation"));
addEventListener("resize", followEnd);

// To open a panel of an answer that is there is to read it.
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-state=ended] summary")) following = false;
});

newest.addEventListener("click", () => {
  goToEnd();
  find(document, "#message").focus({ preventScroll: true });
});

function offerNewest(): void {
  newest.hidden = following || distance() <= slack;
}

export function followEnd(): void {
  if (!following) return;
  window.scrollTo(0, root.scrollHeight);
  // Where a text that became shorter has moved the page, the reader has not.
  lastTop = window.scrollY;
}

export function goToEnd(): void {
  following = true;
  followEnd();
}

/** Where the browser has put a page that was loaded again. */
export function stayHere(): void {
  following = distance() <= slack;
  offerNewest();
}

const tasks = new Set<() => void>();

/** At most once per animation frame, whatever arrives. */
export function onNextFrame(task: () => void): void {
  if (tasks.size === 0) requestAnimationFrame(runTasks);
  tasks.add(task);
}

function runTasks(): void {
  const due = [...tasks];
  tasks.clear();
  for (const task of due) task();
  followEnd();
}

/** Replaces something without moving the part of it that the reader looks at. */
export function inPlace(old: Element, replace: () => void, replacement: () => Element | undefined, part: string): void {
  const top = (whole: Element | undefined) => whole?.querySelector(part)?.getBoundingClientRect().top;
  const before = top(old);
  replace();
  const after = top(replacement());
  if (before !== undefined && after !== undefined) window.scrollBy(0, after - before);
}
