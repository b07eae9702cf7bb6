import { MarkLimit } from "../mirrored/stacked-marks";
import { onNextFrame } from "./next-frame";

/** The browser lays out the whole block that grows, so long text is split at line ends. In UTF-16 units. */
const blockLength = 4_096;

/** Shows plain text that grows. Text is only appended, never set again. */
export class TextFlow {
  #waiting = "";
  #marks = new MarkLimit();
  #tail: Text | undefined;

  constructor(private readonly element: HTMLElement) {}

  append(text: string): void {
    this.#waiting += this.#marks.take(text);
    onNextFrame(this.flush);
  }

  clear(): void {
    this.#waiting = "";
    this.#marks = new MarkLimit();
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
