import { find } from "./dom";
import { Following } from "./following";
import { afterTasks, onNextFrame } from "./next-frame";
import { listenForWishes } from "./wishes";

/** Keeps the end of the conversation in view while the reader is at the end. */
const root = document.documentElement;
const conversation = find(document, "#conversation");
const newest = find<HTMLButtonElement>(document, "[data-action=newest]");
const following = new Following(() => ({ top: window.scrollY, height: root.scrollHeight, seen: window.innerHeight }));

/** A new chat is read from its top. */
const isNew = () => !conversation.firstElementChild;

/** The pointer is pressed on the text: nothing moves under it. */
let held = false;

addEventListener(
  "scroll",
  () => {
    following.scrolled();
    offerNewest();
  },
  { passive: true },
);

listenForWishes(conversation, {
  up: () => following.up(),
  down: () => {
    following.down();
    offerNewest();
  },
  end: () => (isNew() ? window.scrollTo(0, root.scrollHeight) : goToEnd()),
  marks: () => following.stay(),
  holds(pressed) {
    held = pressed;
    // A finger that begins to scroll ends the press before it says where it goes.
    if (!held) onNextFrame(followEnd);
  },
});

// Late changes of height (highlighting, a font, an on-screen keyboard) do not move a user who reads further up.
new ResizeObserver(() => {
  followEnd();
  offerNewest();
}).observe(conversation);
addEventListener("resize", followEnd);

// A user who opens the reasoning of a finished answer wants to read it: the page stays there.
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-state=ended] summary")) following.stay();
});

newest.addEventListener("click", () => {
  goToEnd();
  find(document, "#message").focus({ preventScroll: true });
});

function offerNewest(): void {
  newest.hidden = following.isOn || following.isAtEnd || isNew();
}

export function followEnd(): void {
  if (!following.isOn || held || isNew()) return;
  // The user may not want an answer to move the page, now or when it is complete.
  if (root.dataset["follow"] === "off" && conversation.ariaBusy === "true") return following.stay();
  window.scrollTo(0, root.scrollHeight);
  following.moved();
}

export function goToEnd(): void {
  held = false;
  following.resume();
  window.scrollTo(0, isNew() ? 0 : root.scrollHeight);
  following.moved();
}

/** Stays where the browser has scrolled a reloaded page. */
export function stayHere(): void {
  if (following.isAtEnd) following.resume();
  else following.stay();
  following.moved();
  offerNewest();
}

afterTasks(followEnd);

/** Replaces an element without moving the given part of it on the screen, now and when more of the page settles. */
export function inPlace(old: Element, replace: () => void, replacement: () => Element | undefined, part: string): void {
  const top = (whole: Element | undefined) => whole?.querySelector(part)?.getBoundingClientRect().top;
  const before = top(old);
  following.stay();
  replace();
  const after = top(replacement());
  if (before !== undefined && after !== undefined) window.scrollBy(0, after - before);
  following.moved();
}
