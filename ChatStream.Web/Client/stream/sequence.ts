/** Where a reader is in a log: proves that no frame was missed and none is shown twice. */
export class Sequence {
  #generation: string | undefined;
  #next = 0;
  #stored = false;

  constructor(generation?: string) {
    this.#generation = generation;
  }

  get generation(): string | undefined {
    return this.#generation;
  }

  /** What `Last-Event-ID` has to say; undefined before the first frame. */
  get lastId(): string | undefined {
    return this.#next === 0 ? undefined : `${this.#generation}.${this.#stored ? "s" : ""}${this.#next - 1}`;
  }

  accept(id: string | undefined): "next" | "repeat" | "gap" {
    const match = id?.match(/^([\w-]{16})\.(s?)(\d{1,9})$/);
    if (!match) return "gap";
    const [generation, stored, number] = [match[1], match[2] === "s", Number(match[3])];
    if (this.#generation !== undefined && generation !== this.#generation) return "gap";

    // A stored answer's log replaces the live one, from its own frame 0; there is no way back.
    if (stored !== this.#stored) {
      if (!stored) return "repeat";
      if (number !== 0) return "gap";
      this.#stored = true;
      this.#next = 0;
    }
    if (number < this.#next) return "repeat";
    if (number > this.#next) return "gap";
    this.#generation = generation;
    this.#next++;
    return "next";
  }
}
