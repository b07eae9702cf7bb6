import { find } from "./dom";
import { duration, word } from "./words";

/** After this long without an event the line says so, in milliseconds. */
const longSilence = 8_000;

/** What a phase is called. @param isFallback Whether not the preferred deployment answers, but another one. */
export const phaseWords = (phase: string, isFallback: boolean) =>
  isFallback ? word("script.fallback", word(`script.${phase}`)) : word(`script.${phase}`);

/** The line that says what an answer is doing, and for how long. */
export class StatusLine {
  #since = performance.now();
  #heard = performance.now();
  #timer: number | undefined;
  #phase = "sending";
  #isFallback = false;
  #overruling: string | undefined;

  constructor(private readonly element: HTMLElement) {}

  start(): void {
    this.#since = this.#heard = performance.now();
    this.#timer ??= window.setInterval(() => this.#show(), 1_000);
    this.element.hidden = false;
    this.#show();
  }

  /** Call it for every event. */
  heard(): void {
    const waited = this.#isSilent;
    this.#heard = performance.now();
    if (waited) this.#show();
  }

  phase(phase: string, isFallback = false): void {
    this.#phase = phase;
    this.#isFallback = isFallback;
    this.#show();
  }

  /** Shows that the connection is missing, or "Stopping", instead of any phase, until it is called with undefined. */
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
    const name = this.#overruling ?? (this.#isSilent ? "still-waiting" : undefined);
    find(this.element, ".phase").textContent = name ? word(`script.${name}`) : phaseWords(this.#phase, this.#isFallback);
    find(this.element, ".elapsed").textContent = seconds > 0 && !this.#overruling ? duration(seconds) : "";
  }
}
