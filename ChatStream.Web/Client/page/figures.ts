import type { Times } from "../mirrored/figures";
import type { Tool, Usage } from "../stream/events";
import { extras } from "./extras";

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
    const { article } = this;
    const times = this.#times;
    if (times && hasReasoning) void extras().then(({ showThought }) => showThought(article, times));
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
    const { article } = this;
    const times = this.#times;
    if (times || usage) void extras().then(({ showFigures }) => showFigures(article, usage, times));
  }

  get #times(): Times | undefined {
    if (this.#begin === undefined) return undefined;
    const [begin, firstOutput, firstText, waited] = [this.#begin, this.#firstOutput, this.#firstText, this.#waited];
    return { begin, firstOutput, firstText, waited, end: now() };
  }
}

const now = () => performance.now() / 1_000;
