import { MarkLimit } from "../mirrored/stacked-marks";
import { lengthWithin } from "./size";

/** The text of an answer as it arrives: its line ends are made equal, and what the page must not show is left out. */
export class Incoming {
  /** The text in the pieces in which it arrived. Reading one growing string after each piece would copy it each time. */
  readonly #pieces: string[] = [];
  readonly #marks = new MarkLimit();
  #endsWithReturn = false;
  #waiting = "";

  /** The text that has not been taken. */
  get waiting(): string {
    return this.#waiting;
  }

  get all(): string {
    return this.#pieces.join("");
  }

  add(text: string): void {
    const all = this.#endsWithReturn ? `\r${text}` : text;
    this.#endsWithReturn = all.endsWith("\r");
    const whole = this.#endsWithReturn ? all.slice(0, -1) : all;
    this.#append(this.#marks.take(whole.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd")));
  }

  /** No more text will come. */
  end(): void {
    if (this.#endsWithReturn) this.#append("\n");
    this.#endsWithReturn = false;
  }

  /** Takes some text: at most of this size, but at least one character. */
  take(size: number): string {
    const taken = this.#waiting.slice(0, Math.max(1, lengthWithin(this.#waiting, size)));
    this.#waiting = this.#waiting.slice(taken.length);
    return taken;
  }

  #append(text: string): void {
    this.#pieces.push(text);
    this.#waiting += text;
  }
}
