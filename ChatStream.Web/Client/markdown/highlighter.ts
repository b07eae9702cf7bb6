import type { Colored, Highlight } from "./extras";

/** What the worker is asked. */
export interface Asked {
  readonly code: string;
  readonly language: string;
}

/** What the worker says: that it is loaded or cannot be, and then its result for each block. */
export type Said = "ready" | "failed" | Colored[] | undefined;

/** How long one block of code may take, in milliseconds. An ordinary one takes a few. */
const deadline = 1_000;

/** After so many blocks without a result there are no more colours until the page is loaded again. */
const mostFailures = 5;

interface Job extends Asked {
  show(parts: readonly Colored[]): void;
}

/** Highlights code in a worker, one block at a time. A block that takes too long stays without colours. */
export class Highlighter {
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #running: Job | undefined;
  #timer: number | undefined;
  #failures = 0;

  constructor(private readonly begin: () => Worker) {}

  readonly highlight: Highlight = (code, language, show) => {
    this.#waiting.push({ code, language, show });
    this.#next();
  };

  #next(): void {
    if (this.#failures >= mostFailures) this.#waiting.length = 0;
    if (this.#running || this.#waiting.length === 0) return;
    if (!this.#worker) return this.#begin();
    if (!this.#isReady) return;
    const { code, language } = (this.#running = this.#waiting.shift()!);
    this.#timer = window.setTimeout(() => this.#fail(), deadline);
    this.#worker.postMessage({ code, language } satisfies Asked);
  }

  #begin(): void {
    try {
      this.#worker = this.begin();
    } catch {
      // The browser has no workers.
      this.#failures = mostFailures;
      return;
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data === "failed") return this.#fail();
      if (data === "ready") this.#isReady = true;
      else this.#end(data);
      this.#next();
    };
    this.#worker.onerror = () => this.#fail();
  }

  #end(parts: Colored[] | undefined): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (parts) job?.show(parts);
  }

  #fail(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    this.#failures++;
    this.#end(undefined);
    this.#next();
  }
}
