import { announce } from "./announcer";
import { find } from "./dom";
import { sourceOf } from "./source";
import { word } from "./words";

/** An answer as it was written, whole: one that was continued together with what it goes on from. */
export async function copy(article: HTMLElement): Promise<void> {
  const parts = [article];
  const { role } = article.dataset;
  for (let before = article.previousElementSibling; role === "assistant" && isAnswer(before); before = before.previousElementSibling)
    parts.unshift(before);
  const copied = await write(parts.map(sourceOf).join(""));
  announce(word(copied ? "script.copied" : "script.not-copied"));
  if (copied) confirm(find(article, "[data-action=copy] use"));
}

function confirm(icon: Element): void {
  icon.setAttribute("href", "#i-check");
  setTimeout(() => icon.setAttribute("href", "#i-copy"), 2_000);
}

const isAnswer = (element: Element | null): element is HTMLElement =>
  element instanceof HTMLElement && element.dataset["role"] === "assistant";

/** A plain-HTTP host has no clipboard to write to; there the browser copies what is selected. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement as HTMLElement | null;
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return copied;
}
