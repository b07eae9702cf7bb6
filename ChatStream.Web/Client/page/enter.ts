import { find } from "./dom";
import { attempt } from "./storage";

/** On a touch screen there is no Shift+Enter: Enter breaks the line, and the button sends. */
const isTouch = matchMedia("(hover: none) and (pointer: coarse)");

const place = "chatstream.enter";
const read = () => attempt(() => localStorage.getItem(place)) ?? undefined;

/** What the user chose: `send` or `line`. */
let chosen = read();

export const enterSends = () => chosen === "send" || (chosen !== "line" && !isTouch.matches);

/** True if this key sends the text of a field. Shift+Enter never does; Ctrl+Enter always does. */
export function sends({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === "Enter" && !shiftKey && (ctrlKey || metaKey || enterSends());
}

/** Offers the choice, and tells the fields with their on-screen keyboards what Enter does. */
export function offerEnter(): void {
  const box = find<HTMLInputElement>(document, "#enter-sends");
  box.addEventListener("change", () => {
    chosen = box.checked ? "send" : "line";
    attempt(() => localStorage.setItem(place, chosen!));
    show(box);
  });
  addEventListener("storage", ({ key }) => {
    if (key !== place) return;
    chosen = read();
    show(box);
  });
  isTouch.addEventListener("change", () => show(box));
  show(box);
}

function show(box: HTMLInputElement): void {
  const isSending = (box.checked = enterSends());
  document.documentElement.dataset["enter"] = isSending ? "send" : "line";
  const { content } = find<HTMLTemplateElement>(document, "template#edit-form");
  for (const field of [...document.querySelectorAll("#message, .edit textarea"), find(content, "textarea")])
    field.setAttribute("enterkeyhint", isSending ? "send" : "enter");
}
