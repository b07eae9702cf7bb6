import { find } from "./dom";

const sources = new WeakMap<HTMLElement, string>();

/** Remembers what a message was written as, before it is shown as anything else. */
export const keepSource = (article: HTMLElement, text: string) => void sources.set(article, text);

export const sourceOf = (article: HTMLElement) => sources.get(article) ?? find(article, ".text").textContent;
