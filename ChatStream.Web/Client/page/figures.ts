import type { Usage } from "../stream/events";
import { find } from "./dom";
import { duration, measured, number, word } from "./words";

/** A speed over less than this says nothing. */
const leastTime = 0.2;

/** How long an answer took and how fast it came, as its reader has seen it. */
export class Figures {
  #begin: number | undefined;
  #first: number | undefined;
  #firstWord: number | undefined;

  constructor(private readonly article: HTMLElement) {}

  /** Only of one that is seen from its start is there something to say. */
  start(): void {
    this.#begin = performance.now();
  }

  reasoning(): void {
    this.#first ??= performance.now();
  }

  text(): void {
    if (this.#firstWord !== undefined) return;
    this.#firstWord = performance.now();
    if (this.#begin !== undefined && this.#first !== undefined)
      find(this.article, ".thought").textContent = word(
        "script.thought",
        duration(Math.max(1, Math.round(seconds(this.#first, this.#firstWord)))),
      );
    this.#first ??= this.#firstWord;
  }

  end(usage: Usage | undefined): void {
    if (usage)
      this.#put(
        "tokens",
        word(usage.outputTokens === 1 ? "script.tokens.one" : "script.tokens.other", number(usage.outputTokens)),
      );
    if (this.#begin === undefined) return;
    const now = performance.now();
    this.#put("took", word("script.took", measured(seconds(this.#begin, now))));
    if (this.#firstWord !== undefined)
      this.#put("first-word", word("script.first-word", measured(seconds(this.#begin, this.#firstWord))));
    const time = this.#first === undefined ? 0 : seconds(this.#first, now);
    if (usage && time >= leastTime) this.#put("speed", word("script.speed", number(usage.outputTokens / time)));
  }

  #put(name: string, text: string): void {
    find(this.article, `.${name}`).textContent = text;
  }
}

const seconds = (from: number, to: number) => (to - from) / 1_000;
