import { onKey } from "./keys";

/** What the reader wants of the page. */
interface Wishes {
  up(): void;
  down(): void;
  /** The reader wants to be at the end, however fast it moves away. */
  end(): void;
  /** The reader marks text, or holds it with the pointer. */
  holds(held: boolean): void;
  marks(): void;
}

const up = new Set(["ArrowUp", "PageUp", "Home"]);
const down = new Set(["ArrowDown", "PageDown"]);
const typed = "input, textarea, select, [contenteditable]";

/** Tells what the reader wants, before the page has moved: a wheel, a finger, keys and a selection show it. */
export function listenForWishes(conversation: HTMLElement, { up: goUp, down: goDown, end: goToEnd, holds, marks }: Wishes): void {
  const tell = (target: EventTarget | null, by: number) => {
    if (by === 0 || scrollsItself(target, by)) return;
    if (by < 0) goUp();
    else goDown();
  };

  const quiet = { passive: true };
  addEventListener(
    "wheel",
    ({ target, deltaX, deltaY, ctrlKey }) => {
      // With Ctrl it zooms.
      if (!ctrlKey && Math.abs(deltaY) >= Math.abs(deltaX)) tell(target, deltaY);
    },
    quiet,
  );

  let finger = 0;
  const at = ({ touches }: TouchEvent) => touches[0]?.clientY ?? finger;
  addEventListener("touchstart", (event) => void (finger = at(event)), quiet);
  addEventListener(
    "touchmove",
    (event) => {
      const by = finger - at(event);
      finger -= by;
      if (event.touches.length === 1) tell(event.target, by);
    },
    quiet,
  );

  onKey(document, (event) => {
    const { key, target, shiftKey, metaKey, defaultPrevented } = event;
    if (defaultPrevented || (target instanceof Element && target.matches(typed))) return;
    const isButton = target instanceof Element && target.matches("button, summary, a");
    const isSpace = key === " " && !isButton;
    const isEnd = key === "End" || (key === "ArrowDown" && metaKey);
    if (isEnd && !scrollsItself(target, 1)) {
      // The browser's own way to the end takes a while, and would end where the end was.
      event.preventDefault();
      goToEnd();
    } else if (up.has(key) || (isSpace && shiftKey)) tell(target, -1);
    else if (down.has(key) || isSpace) tell(target, 1);
  });

  conversation.addEventListener("pointerdown", ({ button }) => button === 0 && holds(true), quiet);
  for (const end of ["pointerup", "pointercancel", "dragend", "blur"]) addEventListener(end, () => holds(false), quiet);

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const node = selection?.anchorNode;
    const element = node instanceof Element ? node : node?.parentElement;
    if (!element || !conversation.contains(element) || element.closest(".edit")) return;
    if (!selection?.isCollapsed) marks();
  });
}

/** True if an element within the page takes this move, such as a long text in the field or the list beside the page. */
function scrollsItself(target: EventTarget | null, by: number): boolean {
  let element = target instanceof Element ? target : null;
  for (; element && element !== document.body && element !== document.documentElement; element = element.parentElement) {
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollHeight <= clientHeight) continue;
    const { overflowY } = getComputedStyle(element);
    if (overflowY !== "auto" && overflowY !== "scroll") continue;
    if (by < 0 ? scrollTop > 0 : scrollTop + clientHeight < scrollHeight - 1) return true;
  }
  return false;
}
