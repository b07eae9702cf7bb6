import { MarkLimit } from "../mirrored/stacked-marks";

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

  take(length: number): string {
    const taken = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(length);
    return taken;
  }

  #append(text: string): void {
    this.#pieces.push(text);
    this.#waiting += text;
  }
}
