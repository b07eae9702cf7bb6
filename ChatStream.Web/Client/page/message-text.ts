import { type Extras, Lazy } from "../markdown/extras";
import { Renderer } from "../markdown/renderer";
import { Turns } from "../markdown/turns";
import { clone, find } from "./dom";
import { highlight } from "./highlighter";
import { keepSelection } from "./keep-selection";
import { showPlain } from "./plain-text";
import { onNextFrame } from "./scroll";
import { word } from "./words";
import { wrapsLines } from "./wrapping";

const extras: Extras = {
  words: {
    copy: word("script.copy-code"),
    copyThis: word("script.copy-this-code"),
    wrap: word("script.wrap-lines"),
    wrapThis: word("script.wrap-these-lines"),
  },
  wraps: wrapsLines,
  highlight: (code, language, show) => highlight(code, language, (parts) => keepSelection(() => show(parts))),
  turns: new Turns((work) => keepSelection(work)),
  typesetter: new Lazy(async () => {
    const [{ typeset }] = await Promise.all([import("../markdown/typeset"), addStyle("math-style")]);
    return typeset;
  }),
};

function addStyle(templateId: string): Promise<void> {
  const link = clone(templateId, "link");
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => resolve());
    document.head.append(link);
  });
}

const sources = new WeakMap<Element, string>();
let shown = 0;

/** The Markdown of a message. */
export function sourceOf(article: HTMLElement): string {
  const text = find(article, ".text");
  return sources.get(text) ?? text.textContent;
}

/** Shows the text of an answer as Markdown while it is written. */
export class MarkdownFlow {
  #renderer: Renderer;

  constructor(private readonly element: HTMLElement) {
    this.#renderer = this.#begin();
  }

  append(text: string): void {
    this.#renderer.add(text);
    sources.set(this.element, sources.get(this.element)! + text);
    onNextFrame(this.#update);
  }

  clear(): void {
    this.element.replaceChildren();
    this.element.classList.add("markdown");
    // Each block has its own direction. With one for the whole text, the browser would search all blocks whenever one grows.
    this.element.removeAttribute("dir");
    sources.set(this.element, "");
    this.#renderer = this.#begin();
  }

  finish(): void {
    if (sources.has(this.element)) keepSelection(() => this.#renderer.finish());
  }

  #begin(): Renderer {
    return new Renderer(this.element, extras, String(++shown));
  }

  readonly #update = () => keepSelection(() => this.#renderer.update());
}

/** Shows a message as Markdown that the server rendered as plain text. */
function upgrade(article: HTMLElement): void {
  const text = find(article, ".text");
  if (sources.has(text)) return;
  const flow = new MarkdownFlow(text);
  const source = text.textContent;
  keepSelection(() => {
    flow.clear();
    flow.append(source);
    flow.finish();
  });
}

/** About as many characters as are visible when a conversation opens. They are upgraded at once, the others when idle. */
const seenAtOnce = 12_000;

export function upgradeAll(articles: HTMLElement[]): void {
  const waiting = articles.filter(({ dataset }) => dataset["role"] === "assistant" && dataset["state"] === "ended");
  for (let length = 0; length < seenAtOnce && waiting.length > 0; ) {
    const article = waiting.pop()!;
    length += find(article, ".text").textContent.length;
    upgrade(article);
  }
  const next = () => {
    const article = waiting.pop();
    if (!article) return;
    if (article.isConnected) upgrade(article);
    whenIdle(next);
  };
  whenIdle(next);
}

const whenIdle = (task: () => void) => ("requestIdleCallback" in window ? requestIdleCallback(task) : setTimeout(task, 50));

/** A copy of a message as the server renders it, to compare it with the server's. */
export function asServed(article: HTMLElement): Node {
  const copy = article.cloneNode(true) as HTMLElement;
  delete copy.dataset["kept"];
  if (!sources.has(find(article, ".text"))) return copy;
  const plain = find(copy, ".text");
  showPlain(plain, sourceOf(article));
  plain.classList.remove("markdown");
  plain.dir = "auto";
  return copy;
}
