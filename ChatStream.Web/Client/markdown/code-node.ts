import type { Colors, Extras, Line } from "./extras";
import { languageName } from "./languages";
import type { MarkdownNode } from "./node";

/** The browser lays out the whole part that grows, so long code is split into parts at line ends. In UTF-16 units. */
const partLength = 4_096;

/** What comes after has no colours. No person reads a line that is longer, and it takes the highlighter longest. */
const longestHighlighted = 32_000;
const mostLines = 2_000;
const longestLine = 2_000;
const longestLanguage = 40;

/** So many lines get their colours at once. */
const linesOfTurn = 200;

let blocks = 0;

/** A block of code. It grows while its fence is open. Its complete lines are coloured. */
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
    if (this.closed) this.#view.close();
    return this.dom;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof CodeNode) || old.#language !== this.#language || !this.text.startsWith(old.text)) return false;
    const grown = this.text.length > old.text.length;
    if (old.closed && (grown || !this.closed)) return false;
    this.#view = old.#view!;
    this.#view.append(this.text.slice(old.text.length));
    if (this.closed && !old.closed) this.#view.close();
    return true;
  }

  append(text: string): void {
    this.text += text;
    this.#view!.append(text);
  }

  close(): void {
    this.closed = true;
    this.#view!.close();
  }
}

class CodeView {
  readonly element = document.createElement("div");
  readonly #code = document.createElement("code");
  readonly #block = ++blocks;
  #text = "";
  /** The lines with their colours, and how many of them are shown. */
  #lines: Line[] = [];
  #shown: HTMLElement[] = [];
  /** Where the shown lines end. What follows has no colours, or none yet. */
  #plainFrom = 0;
  #tail: Text | undefined;
  /** Where the part ends that may have colours, and its lines. */
  #end = 0;
  #count = 0;
  #isFull = false;

  constructor(
    private readonly language: string,
    private readonly extras: Extras,
  ) {
    const pre = document.createElement("pre");
    this.element.className = extras.wraps() ? "code wraps" : "code";
    pre.dir = "ltr";
    pre.tabIndex = 0;
    pre.append(this.#code);
    this.element.append(extras.codeBar(languageName(language)), pre);
  }

  append(text: string): void {
    if (!text) return;
    this.#text += text;
    this.#add(text);
    const before = this.#end;
    this.#measure();
    if (this.#end > before) this.#highlight(false);
  }

  close(): void {
    // The last line may have no end.
    const { length } = this.#text;
    if (!this.#isFull && length - this.#end <= longestLine && length <= longestHighlighted) this.#end = length;
    this.#highlight(true);
    this.extras.closed?.(this.element, this.language);
  }

  /** Finds the complete lines that may have colours. */
  #measure(): void {
    while (!this.#isFull) {
      const next = this.#text.indexOf("\n", this.#end) + 1;
      if (next === 0) break;
      if (next - this.#end > longestLine || next > longestHighlighted || this.#count >= mostLines) this.#isFull = true;
      else {
        this.#end = next;
        this.#count++;
      }
    }
  }

  #highlight(isWhole: boolean): void {
    if (!this.language || this.#end === 0) return;
    const lines = { block: this.#block, code: this.#text.slice(0, this.#end), language: this.language.toLowerCase(), isWhole };
    this.extras.highlight(lines, (colors) => this.#color(colors));
  }

  #color({ from, lines }: Colors): void {
    this.#lines.splice(from, Infinity, ...lines);
    for (const line of this.#shown.splice(from)) {
      this.#plainFrom -= line.textContent.length;
      line.remove();
    }
    if (this.#showLines()) this.extras.turns.run(() => this.#showLines());
  }

  /** Shows more of the lines with their colours, in the place of plain text. True if there are more. */
  #showLines(): boolean {
    const fresh = this.#lines.slice(this.#shown.length, this.#shown.length + linesOfTurn).map(elementOf);
    for (const line of fresh) this.#plainFrom += line.textContent.length;
    const last = this.#shown.at(-1);
    while (this.#code.lastChild !== (last ?? null)) this.#code.lastChild!.remove();
    this.#code.append(...fresh);
    this.#shown.push(...fresh);
    this.#tail = undefined;
    this.#add(this.#text.slice(this.#plainFrom));
    return this.#shown.length < this.#lines.length;
  }

  /** Adds plain text. */
  #add(text: string): void {
    for (let at = 0; at < text.length; ) {
      if (!this.#tail) {
        const part = document.createElement("span");
        part.className = "code-part";
        part.append((this.#tail = document.createTextNode("")));
        this.#code.append(part);
      }
      // A part ends after the line that fills it.
      const end = text.indexOf("\n", at + Math.max(0, partLength - 1 - this.#tail.length)) + 1;
      this.#tail.appendData(text.slice(at, end || text.length));
      if (end > 0) this.#tail = undefined;
      at = end || text.length;
    }
  }
}

function elementOf(parts: Line): HTMLElement {
  const line = document.createElement("span");
  line.className = "code-part";
  for (const part of parts) {
    if (typeof part === "string") {
      line.append(part);
      continue;
    }
    const element = document.createElement("span");
    element.className = `hl-${part[0]}`;
    element.textContent = part[1];
    line.append(element);
  }
  return line;
}
