/** Follows the end of the conversation for as long as the reader is there. */
const slack = 64;
let following = true;
let lastTop = 0;

const root = document.documentElement;
const distance = () => root.scrollHeight - window.innerHeight - window.scrollY;

addEventListener(
  "scroll",
  () => {
    // Only the reader moves up; growing text and the browser's own anchoring do not.
    if (window.scrollY < lastTop - 2 && distance() > slack) following = false;
    else if (distance() <= slack) following = true;
    lastTop = window.scrollY;
  },
  { passive: true },
);

export function followEnd(): void {
  if (following) window.scrollTo(0, root.scrollHeight);
}

export function goToEnd(): void {
  following = true;
  followEnd();
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
