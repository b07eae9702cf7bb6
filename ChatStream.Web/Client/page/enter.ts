import { find } from "./dom";
import { attempt } from "./storage";

/** On a touch screen there is no Shift+Enter: Enter breaks the line, and the button sends. */
const isTouch = matchMedia("(hover: none) and (pointer: coarse)");

/** Where earlier versions stored the choice. */
const place = "chatstream.enter";

const root = document.documentElement;

/** What the user chose: `send`, `line`, or `auto`. */
function chosen(): string | null | undefined {
  const { sends } = root.dataset;
  return sends === "auto" ? attempt(() => localStorage.getItem(place)) : sends;
}

export const enterSends = () => chosen() === "send" || (chosen() !== "line" && !isTouch.matches);

/** True if this key sends the text of a field. Shift+Enter never does; Ctrl+Enter always does. */
export function sends({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === "Enter" && !shiftKey && (ctrlKey || metaKey || enterSends());
}

isTouch.addEventListener("change", showEnter);

/** Tells the fields with their on-screen keyboards what Enter does. */
export function showEnter(): void {
  const isSending = enterSends();
  root.dataset["enter"] = isSending ? "send" : "line";
  const { content } = find<HTMLTemplateElement>(document, "template#edit-form");
  for (const field of [...document.querySelectorAll("#message, .edit textarea"), find(content, "textarea")])
    field.setAttribute("enterkeyhint", isSending ? "send" : "enter");
}
