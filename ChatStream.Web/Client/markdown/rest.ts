import { lengthWithin, sizeOf } from "./size";

/** The browser lays out a whole part at once, and only those near the window. */
const partSize = 4_096;

/** How many characters a line has, about. */
const lineLength = 85;

/** The end of a long text, as it was written. While a text is opened it gets shorter, because the Markdown above it grows. */
export class Rest {
  readonly #element = document.createElement("div");
  readonly #parts: Part[] = [];
  /** Of the text that is shown. */
  #length = 0;

  constructor(shown: HTMLElement, text: string) {
    this.#element.className = "rest";
    shown.after(this.#element);
    this.grow(text);
  }

  /** Adds text to the end. A part ends with a line, unless that is very long. */
  grow(added: string): void {
    for (let from = 0; from < added.length; ) {
      let part = this.#parts.at(-1);
      if (!part || part.isFull) {
        part = new Part(this.#element);
        this.#parts.push(part);
      }
      from += part.take(added.slice(from, from + 2 * partSize));
    }
    this.#length += added.length;
  }

  /** @param length How much of the text is left. */
  shrink(length: number): void {
    for (let [first] = this.#parts; first && this.#length - first.length >= length; [first] = this.#parts) {
      this.#length -= first.length;
      this.#parts.shift();
      first.remove();
    }
    if (this.#parts.length === 0) this.remove();
  }

  remove(): void {
    this.#element.remove();
  }
}

class Part {
  readonly #element = document.createElement("div");
  readonly #text = document.createTextNode("");

  constructor(parent: HTMLElement) {
    this.#element.dir = "auto";
    this.#element.append(this.#text);
    parent.append(this.#element);
  }

  get length(): number {
    return this.#text.length;
  }

  get isFull(): boolean {
    const { data } = this.#text;
    return sizeOf(data) >= partSize && (data.endsWith("\n") || (data.length >= 2 * partSize - 1 && !isCut(data)));
  }

  /** Takes over the beginning of a text, as long as it fits. Returns how long that is. */
  take(text: string): number {
    const room = 2 * partSize - sizeOf(this.#text.data);
    const fits = lengthWithin(text, Math.max(0, room - partSize));
    const most = Math.min(room, fits + partSize);
    const line = text.indexOf("\n", Math.max(0, fits - 1)) + 1;
    let length = line > 0 && line <= most ? line : Math.max(1, Math.min(text.length, most));
    if (length > 1 && isCut(text[length - 1]!)) length--;
    this.#text.appendData(text.slice(0, length));
    this.#element.style.setProperty("--lines", String(linesOf(this.#text.data)));
    return length;
  }

  remove(): void {
    this.#element.remove();
  }
}

/** True if a text ends between the two halves of a character. */
const isCut = (text: string) => /[\ud800-\udbff]$/.test(text);

const linesOf = (text: string) =>
  text.split("\n").reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / lineLength)), -1);
