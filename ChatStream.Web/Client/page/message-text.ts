import { type Extras, Lazy } from "../markdown/extras";
import { Renderer } from "../markdown/renderer";
import { Turns } from "../markdown/turns";
import { clone, find } from "./dom";
import { extras as later } from "./extras";
import { afterFrame } from "./frames";
import { keepSelection } from "./keep-selection";
import { onNextFrame } from "./next-frame";
import { showPlain } from "./plain-text";
import { word } from "./words";
import { wrapsLines } from "./wrapping";

export const markdownExtras: Extras = {
  words: (name, number = "") => word(`script.${name}`, number),
  codeBar: (language) => {
    const bar = clone("code-bar");
    find(bar, ".code-language").textContent = language;
    find(bar, "[data-code=wrap]").ariaPressed = String(wrapsLines());
    return bar;
  },
  wraps: wrapsLines,
  highlight: (lines, show) =>
    void later().then(({ highlight }) => highlight(lines, (colors) => keepSelection(() => show(colors)))),
  closed: (block, language) => {
    if (language.toLowerCase() === "mermaid") void later().then(({ offerDiagram }) => offerDiagram(block));
  },
  turns: new Turns(keepSelection, afterFrame),
  typesetter: new Lazy(async () => {
    const [{ typeset }] = await Promise.all([import("../markdown/typeset"), addStyle("math-style")]);
    return typeset;
  }),
  characters: new Lazy(async () => (await import("../markdown/characters")).characterOf),
};

export function addStyle(templateId: string): Promise<void> {
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

/** Shows a text as other nodes. They need not have all of it: its source stays. */
export function showInstead(text: HTMLElement, content: Node): void {
  if (!sources.has(text)) sources.set(text, text.textContent);
  keepSelection(() => text.replaceChildren(content));
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
    this.#renderer.discard();
    this.#renderer = this.#begin();
  }

  finish(): void {
    if (sources.has(this.element)) keepSelection(() => this.#renderer.finish());
  }

  #begin(): Renderer {
    return new Renderer(this.element, markdownExtras, String(++shown));
  }

  readonly #update = (): void => {
    if (keepSelection(() => this.#renderer.update())) onNextFrame(this.#update);
  };
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

/** Others are upgraded before the reader comes to them. */
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) upgradeSoon(target as HTMLElement);
  },
  { rootMargin: "100% 0px" },
);

/** @param first The message that is at the top of the window; undefined: the last ones are seen. */
export function upgradeAll(articles: HTMLElement[], first?: HTMLElement): void {
  const at = first ? articles.indexOf(first) : articles.length;
  // From the end of this list: what is seen, going down, and then what is above it, going up.
  const waiting = [...articles.slice(0, at), ...articles.slice(at).reverse()].filter(
    (article) =>
      article.dataset["role"] === "assistant" && article.dataset["state"] === "ended" && !sources.has(find(article, ".text")),
  );
  for (let length = 0; length < seenAtOnce && waiting.length > 0; ) {
    const article = waiting.pop()!;
    length += find(article, ".text").textContent.length;
    upgrade(article);
  }
  for (const article of waiting) {
    article.style.setProperty("--height", heightOf(find(article, ".text").textContent));
    near.observe(article);
  }
  const next = () => {
    const article = waiting.pop();
    if (!article) return;
    upgradeSoon(article);
    whenIdle(next);
  };
  whenIdle(next);
}

function upgradeSoon(article: HTMLElement): void {
  near.unobserve(article);
  markdownExtras.turns.run(() => {
    if (article.isConnected) upgrade(article);
    return false;
  });
}

/** About the height of a text on the page: its lines, as long as they are in print. */
function heightOf(text: string): string {
  const lines = text.split("\n").reduce((lines, line) => lines + Math.max(0.7, Math.ceil(line.length / 85)), 0);
  return `${Math.round(lines * 1.65)}rem`;
}

const whenIdle = (task: () => void) => ("requestIdleCallback" in window ? requestIdleCallback(task) : setTimeout(task, 50));

/** A copy of a message as the server renders it, to compare it with the server's. */
export function asServed(article: HTMLElement): Node {
  const copy = article.cloneNode(true) as HTMLElement;
  for (const part of copy.querySelectorAll(".rest, .late")) part.remove();
  copy.removeAttribute("style");
  delete copy.dataset["kept"];
  delete copy.dataset["open"];
  if (!sources.has(find(article, ".text"))) return copy;
  const plain = find(copy, ".text");
  showPlain(plain, sourceOf(article));
  plain.classList.remove("markdown", "typed");
  plain.dir = "auto";
  return copy;
}
