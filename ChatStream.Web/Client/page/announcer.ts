import { find } from "./dom";

/** Says something to screen readers, in the page's one polite live region: phases and ends, never the text of an answer. */
export function announce(text: string): void {
  find(document, "#announcement").textContent = text;
}
