/** How long one turn takes, in milliseconds. */
const longestTurn = 30;

/**
 * Runs costly work in turns, so that the page stays usable: at once while the turn has time left, then after the browser has
 * had its own.
 */
export class Turns {
  #waiting: (() => void)[] = [];
  #spent = 0;
  #isPlanned = false;

  /** @param around Is called with each work, and must do it. */
  constructor(private readonly around: (work: () => void) => void = (work) => work()) {}

  run(work: () => void): void {
    if (this.#waiting.length === 0 && this.#spent < longestTurn) this.#do(work);
    else this.#waiting.push(work);
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(this.#next);
  }

  readonly #next = (): void => {
    this.#isPlanned = false;
    this.#spent = 0;
    const due = this.#waiting;
    let done = 0;
    while (done < due.length && this.#spent < longestTurn) this.#do(due[done++]!);
    this.#waiting = due.slice(done);
    if (this.#waiting.length > 0) this.#plan();
  };

  #do(work: () => void): void {
    const began = performance.now();
    this.around(work);
    this.#spent += performance.now() - began;
  }
}
