import type { Given } from "../extras";
import { leaveCompared, offerComparing, showCompared } from "./compare";
import { showFeedback } from "./feedback";
import { clone, find, take as takeGiven } from "./given";
import { mindRecent } from "./recent";
import { offerShare } from "./share";
import { offerFolding } from "./side";
import { showTimes } from "./times";
import { mindTitle } from "./title-rename";

let isTaken = false;

/** Takes over what the first script gives, and adds to the page what can come late. */
export function take(given: Given): void {
  takeGiven(given);
  if (isTaken) return;
  isTaken = true;
  mindRecent();
  mindTitle();
  const style = clone("later-style", "link");
  style.addEventListener("load", begin);
  style.addEventListener("error", () => style.remove());
  document.head.append(style);
}

function begin(): void {
  const conversation = find(document, "#conversation");
  const show = () => {
    for (const article of conversation.querySelectorAll<HTMLElement>(":scope > article.message:not([data-message-id=''])")) {
      showTimes(article);
      void showFeedback(article);
    }
  };
  const showAll = () => {
    show();
    void showCompared();
  };
  // Messages come, get their ids, and end. Their texts are not watched. One observer would keep only the last of its wishes.
  // A pair of answers moves them itself, and need not hear of it.
  new MutationObserver(show).observe(conversation, { childList: true });
  new MutationObserver(showAll).observe(conversation, { subtree: true, attributeFilter: ["data-message-id", "data-state"] });
  showAll();
  document.addEventListener("leaving", leaveCompared);
  void offerFolding();
  void offerShare();
  void offerComparing();
}
