/**
 * Delays between attempts, in milliseconds. They double up to `longest`, with jitter, so that not all pages hit a restarted
 * server at once.
 */
export class Backoff {
  #attempts = 0;

  constructor(
    private readonly random: () => number,
    public first = 1_000,
    private readonly longest = 30_000,
  ) {}

  reset(): void {
    this.#attempts = 0;
  }

  next(): number {
    const full = Math.min(this.longest, this.first * 2 ** this.#attempts++);
    return full * (0.5 + this.random() / 2);
  }
}
