import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { find } from "./dom";
import { sourceOf } from "./message-text";
import { word } from "./words";

/** Copies a message as Markdown. */
export async function copy(article: HTMLElement): Promise<void> {
  const copied = await copyText(sourceOf(article));
  announce(word(copied ? "script.copied" : "script.not-copied"));
  if (copied) confirm(find(article, "[data-action=copy] use"));
}

function confirm(icon: Element): void {
  icon.setAttribute("href", "#i-check");
  setTimeout(() => icon.setAttribute("href", "#i-copy"), 2_000);
}
