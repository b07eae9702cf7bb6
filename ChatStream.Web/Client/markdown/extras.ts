import type { Work } from "./turns";

/** What a screen reader says of a link back to a reference, of a reference to a note, and of the box of a task. */
export type Spoken = "back-to-reference" | "note" | "task-done" | "task-open";

/** What the page gives to the renderer: words, and what is loaded when it is first needed. */
export interface Extras {
  /** @param number That of the reference or the note. */
  words(name: Spoken, number?: string): string;
  /** The head of a block of code: the name of its language, and buttons. */
  codeBar(language: string): HTMLElement;
  /** True if the lines of new blocks of code are wrapped. */
  wraps(): boolean;
  highlight: Highlight;
  typesetter: Lazy<Typeset>;
  characters: Lazy<(reference: string) => string | undefined>;
  /** Runs what may take long. */
  readonly turns: { run(work: Work): void };
  /** Is told of each block of code that is complete. */
  closed?(block: HTMLElement, language: string): void;
}

/** A line of code with its end: text, and text with its colour before it. */
export type Line = readonly (string | readonly [colour: string, text: string])[];

/** The lines of a block from one on. They replace those that were there. */
export interface Colors {
  readonly from: number;
  readonly lines: readonly Line[];
}

/** Complete lines of a block of code. */
export interface Lines {
  /** A number for the block. What grows has the same one each time. */
  readonly block: number;
  readonly code: string;
  readonly language: string;
  /** No line will be added. */
  readonly isWhole: boolean;
}

/**
 * Colours code, at once or later. Does not call back if the language is unknown, or the code takes too long. While a block
 * grows, some of what is asked may be left out.
 */
export type Highlight = (lines: Lines, show: (colors: Colors) => void) => void;

/** Shows a formula in an element. Returns how many elements it became; 0 if it is not shown: it is not valid, or too large. */
export type Typeset = (element: HTMLElement, formula: string, display: boolean) => number;

/** A value that is loaded when it is first needed. */
export class Lazy<T> {
  #value: T | undefined;
  #loading: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<T>) {}

  /**
   * Calls back with the value: at once if it is loaded, so that nothing is drawn twice.
   * Does not call back if loading fails; the next use tries again.
   */
  use(then: (value: T) => void): void {
    if (this.#value !== undefined) return then(this.#value);
    this.#loading ??= this.load()
      .then((value) => void (this.#value = value))
      .catch(() => void (this.#loading = undefined));
    void this.#loading.then(() => {
      if (this.#value !== undefined) then(this.#value);
    });
  }
}
