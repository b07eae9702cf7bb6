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

/** So many lines get their colours at once, and so many are one part. */
const linesOfTurn = 200;
const linesOfPart = 50;

/** The first word of what stands behind a fence, as in `js {1,3}`, `{python}`, `{.r .x}` and `ts:src/main.ts`. */
const language = /^(?:[a-z][a-z\d+#-]*(?=:)|[^\s{},]*)/i;
const inBraces = /^\{\.?(?=[a-z])/i;

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
    this.#language = language.exec(info.trim().replace(inBraces, ""))![0].slice(0, longestLanguage);
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
  /** In lines. */
  #height = 0;
  /** The lines with their colours, and the elements of those that are shown. */
  #lines: Line[] = [];
  readonly #shown: HTMLElement[] = [];
  /** The first line whose colours are not shown yet, or not as they are now. */
  #stale = 0;
  /** The parts after the shown lines. They have no colours, or none yet. */
  readonly #plain: Text[] = [];
  /** Whether the last of them grows, and where it ends at the earliest. */
  #isOpen = false;
  #cut = partLength;
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
    this.#add(text);
    this.#height += linesOf(text);
    this.element.style.setProperty("--lines", String(this.#height));
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
    this.#stale = Math.min(this.#stale, from);
    if (this.#showLines()) this.extras.turns.run(() => this.#showLines());
  }

  /** Shows more of the lines with their colours, in the place of plain text. True if there are more. */
  #showLines(): boolean {
    const until = Math.min(this.#lines.length, this.#stale + linesOfTurn);
    let taken = 0;
    for (; this.#stale < until; this.#stale++) {
      const line = elementOf(this.#lines[this.#stale]!);
      const old = this.#shown[this.#stale];
      if (old) old.replaceWith(line);
      else {
        this.#partOfNext().append(line);
        taken += line.textContent.length;
      }
      this.#shown[this.#stale] = line;
    }
    this.#takePlain(taken);
    return this.#stale < this.#lines.length;
  }

  /** The part that takes the next line with its colours. */
  #partOfNext(): HTMLElement {
    const last = this.#shown.at(-1)?.parentElement;
    if (last && this.#shown.length % linesOfPart > 0) return last;
    if (last) tellSize(last);
    const part = newPart();
    this.#code.insertBefore(part, this.#plain[0]?.parentElement ?? null);
    return part;
  }

  /** Removes the beginning of the plain text. */
  #takePlain(length: number): void {
    for (let first = this.#plain[0]; first && length > 0; first = this.#plain[0]) {
      const part = first.parentElement!;
      if (first.length > length) {
        first.deleteData(0, length);
        if (this.#plain.length > 1 || !this.#isOpen) tellSize(part);
        return;
      }
      length -= first.length;
      part.remove();
      this.#plain.shift();
      this.#isOpen &&= this.#plain.length > 0;
    }
  }

  /** Adds plain text. Where its parts end depends on the whole text only, however it comes. */
  #add(text: string): void {
    const before = this.#text.length;
    this.#text += text;
    for (let at = before; at < this.#text.length; ) {
      if (!this.#isOpen) {
        const part = newPart();
        this.#plain.push(part.appendChild(document.createTextNode("")));
        this.#code.append(part);
        this.#isOpen = true;
      }
      // A part ends after the line that fills it.
      const end = this.#text.indexOf("\n", Math.max(at, this.#cut - 1)) + 1;
      const tail = this.#plain.at(-1)!;
      tail.appendData(this.#text.slice(at, end || undefined));
      if (end > 0) {
        tellSize(tail.parentElement!);
        this.#isOpen = false;
        this.#cut = (Math.floor(end / partLength) + 1) * partLength;
      }
      at = end || this.#text.length;
    }
  }
}

function newPart(): HTMLElement {
  const part = document.createElement("span");
  part.className = "code-part";
  return part;
}

/** A part that is out of sight is not laid out, so its size is told. */
function tellSize(part: HTMLElement): void {
  const text = part.textContent;
  part.style.setProperty("--lines", String(linesOf(text)));
  part.style.setProperty("--columns", String(Math.max(...text.split("\n").map((line) => line.length))));
}

/** The lines that end in a text. */
const linesOf = (text: string) => text.split("\n").length - 1;

function elementOf(parts: Line): HTMLElement {
  const line = document.createElement("span");
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
