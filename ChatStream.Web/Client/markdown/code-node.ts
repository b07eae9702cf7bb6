import type { Colored, Extras } from "./extras";
import type { MarkdownNode } from "./node";

/** The browser lays out the whole part that grows, so long code is split into parts at line ends. In UTF-16 units. */
const partLength = 4_096;

/** Longer code, or code with a longer line, has no colours. No person reads such a line, and it takes the highlighter longest. */
const longestHighlighted = 32_000;
const longestLine = 2_000;
const longestLanguage = 40;

/** A block of code. It grows while its fence is open, and is highlighted once, when the fence closes. */
export class CodeNode implements MarkdownNode {
  readonly #language: string;
  #view: CodeView | undefined;

  constructor(
    info: string,
    private text: string,
    private closed: boolean,
    private readonly extras: Extras,
  ) {
    this.#language = (/^[^\s{]*/.exec(info.trim())?.[0] ?? "").slice(0, longestLanguage);
  }

  get dom(): HTMLElement {
    return this.#view!.element;
  }

  create(): HTMLElement {
    this.#view = new CodeView(this.#language, this.extras);
    this.#view.append(this.text);
    this.#highlight();
    return this.dom;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof CodeNode) || old.#language !== this.#language || !this.text.startsWith(old.text)) return false;
    const grown = this.text.length > old.text.length;
    if (old.closed && (grown || !this.closed)) return false;
    this.#view = old.#view!;
    this.#view.append(this.text.slice(old.text.length));
    if (!old.closed) this.#highlight();
    return true;
  }

  append(text: string): void {
    this.text += text;
    this.#view!.append(text);
  }

  close(): void {
    this.closed = true;
    this.#highlight();
  }

  #highlight(): void {
    if (!this.closed || !this.#language || this.text.length > longestHighlighted) return;
    if (this.text.split("\n").some((line) => line.length > longestLine)) return;
    const view = this.#view!;
    this.extras.highlight(this.text, this.#language.toLowerCase(), (parts) => view.color(parts));
  }
}

function append(parent: Node, parts: readonly Colored[]): void {
  for (const part of parts) {
    if (typeof part === "string") {
      parent.appendChild(document.createTextNode(part));
      continue;
    }
    const element = document.createElement("span");
    element.className = `hl-${part.kind}`;
    append(element, part.parts);
    parent.appendChild(element);
  }
}

class CodeView {
  readonly element = document.createElement("div");
  readonly code = document.createElement("code");
  #tail: Text | undefined;

  constructor(language: string, { words, wraps }: Extras) {
    const [bar, label, pre] = [document.createElement("div"), document.createElement("span"), document.createElement("pre")];
    this.element.className = "code";
    bar.className = "code-bar";
    label.className = "code-language";
    label.textContent = language;
    const wrap = button("wrap", words.wrap, words.wrapThis);
    const isWrapped = wraps();
    wrap.ariaPressed = String(isWrapped);
    this.element.classList.toggle("wraps", isWrapped);
    bar.append(label, wrap, button("copy", words.copy, words.copyThis));
    pre.dir = "ltr";
    pre.tabIndex = 0;
    pre.append(this.code);
    this.element.append(bar, pre);
  }

  append(text: string): void {
    for (let at = 0; at < text.length; ) {
      if (!this.#tail) {
        const part = document.createElement("span");
        part.className = "code-part";
        part.append((this.#tail = document.createTextNode("")));
        this.code.append(part);
      }
      // A part ends after the line that fills it.
      const end = text.indexOf("\n", at + Math.max(0, partLength - 1 - this.#tail.length)) + 1;
      this.#tail.appendData(text.slice(at, end || text.length));
      if (end > 0) this.#tail = undefined;
      at = end || text.length;
    }
  }

  color(parts: readonly Colored[]): void {
    const fragment = document.createDocumentFragment();
    append(fragment, parts);
    this.code.replaceChildren(fragment);
  }
}

function button(action: string, text: string, label: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "quiet";
  element.dataset["code"] = action;
  element.textContent = text;
  element.ariaLabel = label;
  return element;
}
