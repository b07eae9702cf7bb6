import { addStyle } from "./elements";
import { announce, find } from "./given";
import { laterWords } from "./later-words";

/** Makes the chat that begins a temporary one, or not. The panel of the composer has the choice itself. */
export async function temporary(button: HTMLElement): Promise<void> {
  addStyle();
  const box = find<HTMLInputElement>(document, "#composer [name=temporary]");
  // It is loaded when the panel is opened.
  find(document, ".manner").dispatchEvent(new Event("focusin"));
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  follow(button, box.checked);
  const say = await laterWords();
  announce(say(box.checked ? "temporary.on" : "temporary.off"));
  find(document, "#message").focus();
}

/** Shows in the page whether the chat that begins is a temporary one. */
export function follow(button: HTMLElement, isTemporary: boolean): void {
  button.ariaPressed = String(isTemporary);
  document.body.dataset["temporary"] = String(isTemporary);
}
