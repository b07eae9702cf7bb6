import { find } from "./dom";
import { duration, word } from "./words";

/** Silence that is worth a word. */
const longSilence = 8_000;

/** What an answer is doing, and for how long. */
export class StatusLine {
  #since = performance.now();
  #heard = performance.now();
  #timer: number | undefined;
  #phase = "sending";
  #overruling: string | undefined;

  constructor(private readonly element: HTMLElement) {}

  start(): void {
    this.#since = this.#heard = performance.now();
    this.#timer ??= window.setInterval(() => this.#show(), 1_000);
    this.element.hidden = false;
    this.#show();
  }

  /** Something has come, whatever it is. */
  heard(): void {
    const waited = this.#isSilent;
    this.#heard = performance.now();
    if (waited) this.#show();
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

  get #isSilent(): boolean {
    return performance.now() - this.#heard >= longSilence;
  }

  #show(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1_000);
    const name = this.#overruling ?? (this.#isSilent ? "still-waiting" : this.#phase);
    find(this.element, ".phase").textContent = word(`script.${name}`);
    find(this.element, ".elapsed").textContent = seconds > 0 && !this.#overruling ? duration(seconds) : "";
  }
}
