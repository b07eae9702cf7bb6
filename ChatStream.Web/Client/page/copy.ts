import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { find } from "./dom";
import { sourceOf } from "./message-text";
import { word } from "./words";

/** Copies a message as Markdown. A continued answer is copied together with the parts before it. */
export async function copy(article: HTMLElement): Promise<void> {
  const parts = [article];
  const { role } = article.dataset;
  for (
    let before = article.previousElementSibling;
    role === "assistant" && isAnswer(before);
    before = before.previousElementSibling
  )
    parts.unshift(before);
  const copied = await copyText(parts.map(sourceOf).join(""));
  announce(word(copied ? "script.copied" : "script.not-copied"));
  if (copied) confirm(find(article, "[data-action=copy] use"));
}

function confirm(icon: Element): void {
  icon.setAttribute("href", "#i-check");
  setTimeout(() => icon.setAttribute("href", "#i-copy"), 2_000);
}

const isAnswer = (element: Element | null): element is HTMLElement =>
  element instanceof HTMLElement && element.dataset["role"] === "assistant";
