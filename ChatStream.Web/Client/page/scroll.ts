import { find } from "./dom";

/**
 * Keeps the end of the conversation in view while the user is at the end.
 * This near to the end counts as at the end, in CSS pixels.
 */
const slack = 64;
const root = document.documentElement;
const newest = find<HTMLButtonElement>(document, "[data-action=newest]");
let following = true;
let lastTop = 0;

const distance = () => root.scrollHeight - window.innerHeight - window.scrollY;

addEventListener(
  "scroll",
  () => {
    // Only the user scrolls up; growing text and the browser's scroll anchoring do not.
    if (window.scrollY < lastTop - 2 && distance() > slack) following = false;
    else if (distance() <= slack) following = true;
    lastTop = window.scrollY;
    offerNewest();
  },
  { passive: true },
);

// Late changes of height (highlighting, a font, an on-screen keyboard) do not move a user who reads further up.
new ResizeObserver(() => {
  followEnd();
  offerNewest();
}).observe(find(document, "#conversation"));
addEventListener("resize", followEnd);

// A user who opens the reasoning of a finished answer wants to read it: the page stays there.
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
  // A shorter text may have moved the page; that is not the user scrolling up.
  lastTop = window.scrollY;
}

export function goToEnd(): void {
  following = true;
  followEnd();
}

/** Stays where the browser has scrolled a reloaded page. */
export function stayHere(): void {
  following = distance() <= slack;
  offerNewest();
}

const tasks = new Set<() => void>();

/** Runs a task on the next animation frame, once, however often it is asked for. */
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

/** Replaces an element without moving the given part of it on the screen. */
export function inPlace(old: Element, replace: () => void, replacement: () => Element | undefined, part: string): void {
  const top = (whole: Element | undefined) => whole?.querySelector(part)?.getBoundingClientRect().top;
  const before = top(old);
  replace();
  const after = top(replacement());
  if (before !== undefined && after !== undefined) window.scrollBy(0, after - before);
}
