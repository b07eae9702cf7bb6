import { button } from "./elements";
import { addStyle, find, onKey, remember } from "./given";
import { laterWords } from "./later-words";

const root = document.documentElement;

/** On a wide page a button folds the list away, and another one brings it back. It stays so in later pages. */
export async function offerFolding(): Promise<void> {
  const say = await laterWords();
  const bar = find(document, ".bar");
  const fold = button(say("side.fold"), () => void set("off", unfold), "quiet round fold-side", "menu");
  const unfold = button(say("side.unfold"), () => void set("on", fold), "quiet round unfold-side", "menu");
  find(bar, ".foot [data-action=shortcuts]").after(fold);
  find(bar, "nav").before(unfold);
  // Behind the page's own listener, which can focus the field of the search only where it is seen.
  onKey(window, ({ key, ctrlKey, metaKey, shiftKey }) => {
    if (key.toLowerCase() !== "k" || !(ctrlKey || metaKey) || shiftKey || root.dataset["side"] !== "off") return;
    void set("on", find(document, "#search"));
  });
}

/** @param next Takes the focus from what is no longer seen. */
async function set(side: "on" | "off", next: HTMLElement): Promise<void> {
  remember("side", side);
  if (!document.head.querySelector("link[href*='dist/side']")) await addStyle("side-style");
  root.dataset["side"] = side;
  next.focus();
}
