import { copyOf } from "./copy-selection";
import { clone, find, onKey } from "./given";

/** The time that a selection must rest before the button appears, in milliseconds. */
const pause = 200;

let button: HTMLElement | undefined;

/** Offers to quote what is selected in an answer: by a button beside it, and by the key Q. */
export function mindQuotes(): void {
  let timer: number | undefined;
  let isDown = false;
  const look = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => !isDown && offer(), pause);
  };
  document.addEventListener("selectionchange", () => {
    if (!selected()) button?.remove();
    look();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    isDown = !(target instanceof Node && button?.contains(target));
  });
  for (const type of ["pointerup", "pointercancel"] as const)
    document.addEventListener(type, () => {
      isDown = false;
      look();
    });
  onKey(document, (event) => {
    const { key, target } = event;
    const types = target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select");
    if (key !== "q" || event.ctrlKey || event.metaKey || event.altKey || types || !isAllowed() || !quote()) return;
    event.preventDefault();
  });
}

/** Single keys may be off. */
const isAllowed = () => find<HTMLInputElement>(document, "#shortcuts input[type=checkbox]").checked;

/** The range that is selected, if it is in the text of one answer. */
function selected(): Range | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: common } = range;
  const place = common instanceof Element ? common : common.parentElement;
  return place?.closest(".message[data-role=assistant] > .text") ? range : undefined;
}

function offer(): void {
  const range = selected();
  if (!range?.toString().trim()) return button?.remove();
  if (!button) {
    button = clone("quote-button");
    // The selection stays.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", quote);
  }
  const rectangles = range.getClientRects();
  const last = rectangles[rectangles.length - 1];
  if (!last) return;
  document.body.append(button);
  const { width, height } = button.getBoundingClientRect();
  const top = last.bottom + 6 + height < innerHeight - 120 ? last.bottom + 6 : last.top - height - 6;
  button.style.top = `${Math.max(4, top) + scrollY}px`;
  button.style.left = `${Math.max(4, Math.min(last.right - width / 2, document.documentElement.clientWidth - width - 4))}px`;
}

/** Adds the selected text to the message that is being typed, as a quotation. False if nothing is selected. */
function quote(): boolean {
  const text = selected() && copyOf(getSelection())?.text;
  button?.remove();
  if (!text?.trim()) return false;
  const field = find<HTMLTextAreaElement>(document, "#message");
  const before = field.value.trimEnd();
  const all = `${before}${before ? "\n\n" : ""}${quoted(text)}\n\n`;
  field.focus();
  field.setRangeText(all, 0, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.scrollTop = field.scrollHeight;
  return true;
}

/** A text as a quotation in Markdown. */
export const quoted = (text: string) =>
  text
    .replace(/^\s*\n|\s+$/g, "")
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
