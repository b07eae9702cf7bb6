import { find } from "./dom";
import { sourceOf } from "./message-text";

/** The text before the last part of an answer that was continued; undefined for any other message. */
export function textBefore(article: HTMLElement): string | undefined {
  const length = article.dataset["before"];
  return length ? sourceOf(article).slice(0, Number(length)) : undefined;
}

/** The place for the reasoning of the last part. Parts before it that have reasoning have places of their own. */
export const lastReasoning = (article: HTMLElement) => [...article.querySelectorAll<HTMLElement>(".reasoning-text")].at(-1)!;

/** Adds a place for the reasoning of one more part. */
export function addReasoning(article: HTMLElement): HTMLElement {
  const last = lastReasoning(article);
  const next = last.cloneNode() as HTMLElement;
  last.after(next);
  return next;
}

/** A copy of an answer's text without the beginning that the user knows, so that only what is new is announced. */
export function newText(article: HTMLElement, known: string): HTMLElement {
  const copy = find(article, ".text").cloneNode(true) as HTMLElement;
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
    const same = sameLength(text.data, known.slice(at, at + text.length));
    at += text.length;
    if (same === text.length) continue;
    const old = document.createRange();
    old.setStart(copy, 0);
    // A word that the end of the known text cut is announced whole.
    old.setEnd(text, text.data.slice(0, same).search(/\S*$/));
    old.deleteContents();
    return copy;
  }
  copy.replaceChildren();
  return copy;
}

function sameLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
