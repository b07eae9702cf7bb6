/** How long one turn takes, in milliseconds. It takes less where the browser is long busy with what it made. */
const longestTurn = 12;
const shortestTurn = 1;

/** How long a turn may take with what the browser then does, in milliseconds. */
const longestFrame = 30;

/** Costly work. If it returns true, it goes on in another step, after what else is waiting. */
export type Work = () => boolean | undefined;

/**
 * Runs costly work in turns, so that the page stays usable: at once while the turn has time left, then after the browser has
 * had its own.
 */
export class Turns {
  #waiting: Work[] = [];
  #spent = 0;
  #length = longestTurn;
  #isPlanned = false;
  #isBusy = false;

  /**
   * @param around Is called with each work. It must do it, and return what the work returns.
   * @param afterwards Calls back once the browser has had its turn, with the milliseconds that it was busy.
   */
  constructor(
    private readonly around: (work: Work) => boolean | undefined = (work) => work(),
    private readonly afterwards: (then: (busy: number) => void) => void = (then) => void setTimeout(() => then(0)),
  ) {}

  run(work: Work): void {
    this.#waiting.push(work);
    if (!this.#isBusy) this.#work();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.afterwards(this.#next);
  }

  readonly #next = (busy: number): void => {
    this.#isPlanned = false;
    const factor = Math.min(1.5, Math.max(0.25, longestFrame / (this.#spent + busy + 1)));
    this.#length = Math.min(longestTurn, Math.max(shortestTurn, this.#length * factor));
    this.#spent = 0;
    this.#work();
  };

  #work(): void {
    const began = performance.now() - this.#spent;
    let done = 0;
    this.#isBusy = true;
    try {
      for (; done < this.#waiting.length && this.#spent < this.#length; this.#spent = performance.now() - began) {
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
