/** The browser lays out a whole part at once. In UTF-16 units. */
const partLength = 4_096;

/** The end of a long text that is being opened, as it was written. It gets shorter while the Markdown above it grows. */
export class Rest {
  readonly #element = document.createElement("div");
  readonly #ends: number[] = [];

  constructor(
    shown: HTMLElement,
    private readonly text: string,
  ) {
    this.#element.className = "rest";
    for (let from = 0; from < text.length; ) {
      const end = text.lastIndexOf("\n", from + partLength - 1) + 1;
      const to = end > from ? end : from + partLength;
      const part = document.createElement("div");
      part.dir = "auto";
      part.textContent = text.slice(from, to);
      this.#element.append(part);
      this.#ends.push(to);
      from = to;
    }
    shown.after(this.#element);
  }

  /** @param length How much of the text is left. */
  shrink(length: number): void {
    while (this.#ends.length > 0 && this.#ends[0]! <= this.text.length - length) {
      this.#ends.shift();
      this.#element.firstChild!.remove();
    }
    if (this.#ends.length === 0) this.remove();
  }

  remove(): void {
    this.#element.remove();
  }
}
