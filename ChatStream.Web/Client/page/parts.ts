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
