import type { Colors, Highlight, Lines } from "./extras";

/** What the worker is asked. */
export type Asked = Omit<Lines, "isWhole">;

/** What the worker says: that it is loaded or cannot be, and then its result for what it was asked. */
export type Said = "ready" | "failed" | Colors | undefined;

/** How long one block of code may take, in milliseconds. An ordinary one takes a few. */
const deadline = 1_000;

/** After so many blocks without a result there are no more colours until the page is loaded again. */
const mostFailures = 5;

/** A block that grows is coloured anew each time, so its worker rests so many times as long as it worked. */
const rest = 4;

interface Job extends Lines {
  show(colors: Colors): void;
}

/** Highlights code in a worker, one block at a time. A block that takes too long gets no more colours. */
export class Highlighter {
  #waiting: Job[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #running: Job | undefined;
  #began = 0;
  #timer: number | undefined;
  #failures = 0;
  /** Blocks that took too long, or are in no known language. */
  readonly #given = new Set<number>();
  /** The block that was coloured last, and when it may be again. */
  #resting = { block: 0, until: 0 };
  #pause: number | undefined;

  constructor(private readonly begin: () => Worker) {}

  readonly highlight: Highlight = (lines, show) => {
    if (this.#given.has(lines.block)) return;
    // Only the newest state of a block matters.
    const at = this.#waiting.findIndex(({ block }) => block === lines.block);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 1, { ...lines, show });
    this.#next();
  };

  #next(): void {
    if (this.#failures >= mostFailures) this.#waiting = [];
    if (this.#running || this.#waiting.length === 0) return;
    if (!this.#worker) return this.#begin();
    if (!this.#isReady) return;
    const left = this.#resting.until - performance.now();
    const at = this.#waiting.findIndex(({ block, isWhole }) => isWhole || block !== this.#resting.block || left <= 0);
    clearTimeout(this.#pause);
    if (at < 0) return void (this.#pause = window.setTimeout(() => this.#next(), left));
    this.#running = this.#waiting.splice(at, 1)[0]!;
    const { block, code, language } = this.#running;
    this.#timer = window.setTimeout(() => this.#fail(), deadline);
    this.#began = performance.now();
    this.#worker.postMessage({ block, code, language } satisfies Asked);
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

  #end(colors: Colors | undefined): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (!job) return;
    const now = performance.now();
    this.#resting = { block: job.block, until: now + rest * (now - this.#began) };
    if (colors) return job.show(colors);
    this.#given.add(job.block);
    this.#waiting = this.#waiting.filter(({ block }) => block !== job.block);
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
