import { type AnswerFigures, figuresOf, thoughtSeconds } from "../mirrored/figures";
import type { Tool, Usage } from "../stream/events";
import { find } from "./dom";
import { cost, duration, measured, number, word } from "./words";

/** How long an answer took and how fast it came, as measured on this page. */
export class Figures {
  #begin: number | undefined;
  #firstOutput: number | undefined;
  #firstText: number | undefined;
  #waited = 0;
  #waitsFrom = 0;
  readonly #calls = new Set<string>();

  constructor(private readonly article: HTMLElement) {}

  /** Call it only for an answer that this page sees from its start: others cannot be measured here. */
  start(): void {
    this.#begin = now();
  }

  reasoning(): void {
    this.#firstOutput ??= now();
  }

  text(): void {
    if (this.#firstText !== undefined) return;
    this.#firstText = now();
    const hasReasoning = this.#firstOutput !== undefined;
    this.#firstOutput ??= this.#firstText;
    const thought = this.#measure(undefined, hasReasoning)?.thought;
    if (thought !== undefined) this.#put("thought", word("script.thought", duration(thoughtSeconds(thought))));
  }

  /** A call of a tool waits for the user, or is being made, or is over: that is no time of writing. */
  tool({ callId, state }: Tool): void {
    const calls = this.#calls;
    if (state === "asked" || state === "running") {
      if (!calls.size) this.#waitsFrom = now();
      calls.add(callId);
    } else if (calls.delete(callId) && !calls.size && this.#firstOutput !== undefined) this.#waited += now() - this.#waitsFrom;
  }

  end(usage: Usage | undefined): void {
    const tokens = usage?.outputTokens;
    if (tokens !== undefined) {
      const count = word(tokens === 1 ? "script.tokens.one" : "script.tokens.other", number(tokens));
      this.#put("tokens", usage?.estimated ? word("script.estimated", count) : count);
    }
    if (usage?.cost) this.#put("cost", cost(usage.cost));
    const figures = this.#measure(tokens, false);
    if (!figures) return;
    const { took, firstWord, speed } = figures;
    this.#put("took", measured(took));
    if (firstWord !== undefined) this.#put("first-word", measured(firstWord));
    if (speed !== undefined) this.#put("speed", word("script.speed", number(speed)));
  }

  #measure(tokens: number | undefined, hasReasoning: boolean): AnswerFigures | undefined {
    if (this.#begin === undefined) return undefined;
    const [begin, firstOutput, firstText, waited] = [this.#begin, this.#firstOutput, this.#firstText, this.#waited];
    return figuresOf({ begin, firstOutput, firstText, waited, end: now() }, tokens, hasReasoning);
  }

  #put(name: string, text: string): void {
    find(this.article, `.${name}`).textContent = text;
  }
}

const now = () => performance.now() / 1_000;
