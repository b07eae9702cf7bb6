/** How long one turn takes, in milliseconds. */
const longestTurn = 12;

/** Costly work. If it returns true, it goes on in another step, after what else is waiting. */
export type Work = () => boolean | undefined;

/**
 * Runs costly work in turns, so that the page stays usable: at once while the turn has time left, then after the browser has
 * had its own.
 */
export class Turns {
  #waiting: Work[] = [];
  #spent = 0;
  #isPlanned = false;
  #isBusy = false;

  /** @param around Is called with each work. It must do it, and return what the work returns. */
  constructor(private readonly around: (work: Work) => boolean | undefined = (work) => work()) {}

  run(work: Work): void {
    this.#waiting.push(work);
    if (!this.#isBusy) this.#work();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(this.#next);
  }

  readonly #next = (): void => {
    this.#isPlanned = false;
    this.#spent = 0;
    this.#work();
  };

  #work(): void {
    const began = performance.now() - this.#spent;
    let done = 0;
    this.#isBusy = true;
    try {
      for (; done < this.#waiting.length && this.#spent < longestTurn; this.#spent = performance.now() - began) {
        const work = this.#waiting[done++]!;
        if (this.around(work)) this.#waiting.push(work);
      }
    } finally {
      this.#waiting = this.#waiting.slice(done);
      this.#isBusy = false;
      // Also if nothing is left: the next turn has its whole time.
      this.#plan();
    }
  }
}
