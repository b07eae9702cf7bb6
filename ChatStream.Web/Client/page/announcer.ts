import { find } from "./dom";

/** The one polite region: phases and ends, never the text itself. */
export function announce(text: string): void {
  find(document, "#announcement").textContent = text;
}
