import type { Work } from "./turns";

/** What the page gives to the renderer: words for the buttons, and what is loaded when it is first needed. */
export interface Extras {
  readonly words: CodeWords & {
    /** Says that a link leads back to the reference with a number. */
    readonly back: (number: string) => string;
  };
  /** True if the lines of new blocks of code are wrapped. */
  wraps(): boolean;
  highlight: Highlight;
  typesetter: Lazy<Typeset>;
  characters: Lazy<(reference: string) => string | undefined>;
  /** Runs what may take long. */
  readonly turns: { run(work: Work): void };
}

/** The words on the buttons of a block of code, and what a screen reader says instead. */
export type CodeWords = Readonly<Record<"copy" | "copyThis" | "wrap" | "wrapThis", string>>;

/** A part of highlighted code: text, or parts of one colour. */
export type Colored = string | { readonly kind: string; readonly parts: readonly Colored[] };

/** Colours code, at once or later. Does not call back if the language is unknown, or the code takes too long. */
export type Highlight = (code: string, language: string, show: (parts: readonly Colored[]) => void) => void;

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
