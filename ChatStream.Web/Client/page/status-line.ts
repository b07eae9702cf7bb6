import { find } from "./dom";
import { duration, word } from "./words";

/** What an answer is doing, and for how long. */
export class StatusLine {
  #since = performance.now();
  #timer: number | undefined;
  #phase = "sending";
  #overruling: string | undefined;

  constructor(private readonly element: HTMLElement) {}

  start(): void {
    this.#since = performance.now();
    this.#timer ??= window.setInterval(() => this.#show(), 1_000);
    this.element.hidden = false;
    this.#show();
  }

  phase(phase: string): void {
    this.#phase = phase;
    this.#show();
  }

  /** "Reconnecting…" or "Stopping" stands above any phase until it is taken back. */
  overrule(name: string | undefined): void {
    this.#overruling = name;
    this.#show();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.element.hidden = true;
  }

  #show(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1_000);
    find(this.element, ".phase").textContent = word(this.#overruling ?? this.#phase);
    find(this.element, ".elapsed").textContent = seconds > 0 && !this.#overruling ? duration(seconds) : "";
  }
}
