import { onNextFrame } from "./scroll";

/** Layout costs what the block costs that grows, so a long answer is split at line ends; its text stays exact. */
const blockLength = 4_096;

/** Text that grows: what is shown is never set again, only added to. */
export class TextFlow {
  #waiting = "";
  #tail: Text | undefined;

  constructor(private readonly element: HTMLElement) {}

  append(text: string): void {
    this.#waiting += text;
    onNextFrame(this.flush);
  }

  clear(): void {
    this.#waiting = "";
    this.#tail = undefined;
    this.element.replaceChildren();
  }

  readonly flush = (): void => {
    if (!this.#waiting) return;
    let text = this.#waiting;
    this.#waiting = "";
    while (this.#full()) {
      const end = text.indexOf("\n") + 1;
      if (end === 0) break;
      this.#tail!.appendData(text.slice(0, end));
      text = text.slice(end);
      this.#tail = undefined;
      if (!text) return;
    }
    if (!this.#tail) {
      const block = document.createElement("div");
      block.append((this.#tail = document.createTextNode("")));
      this.element.append(block);
    }
    this.#tail.appendData(text);
  };

  #full(): boolean {
    return this.#tail !== undefined && this.#tail.length >= blockLength;
  }
}
