/** The position of this page in an answer's frames. It makes sure that no frame is missed and none is shown twice. */
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

  /** The value for `Last-Event-ID`; undefined before the first frame. */
  get lastId(): string | undefined {
    return this.#next === 0 ? undefined : `${this.#generation}.${this.#stored ? "s" : ""}${this.#next - 1}`;
  }

  accept(id: string | undefined): "next" | "repeat" | "gap" {
    const match = id?.match(/^([\w-]{16})\.(s?)(\d{1,9})$/);
    if (!match) return "gap";
    const [generation, stored, number] = [match[1], match[2] === "s", Number(match[3])];
    if (this.#generation !== undefined && generation !== this.#generation) return "gap";

    // The frames of the stored answer replace the live ones, from their own frame 0. Live frames after them are old.
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
