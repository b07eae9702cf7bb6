/** What is loaded when it is first needed, and the words of what is built: both come from whoever shows the text. */
export interface Extras {
  readonly words: { readonly copy: string; readonly wrap: string };
  highlighter: Lazy<Highlight>;
  typesetter: Lazy<Typeset>;
}

/** The parts of a piece of code, or nothing where its language is unknown. */
export type Highlight = (code: string, language: string) => DocumentFragment | undefined;

/** Shows a formula in an element; false where it is none. */
export type Typeset = (element: HTMLElement, formula: string, display: boolean) => boolean;

/** Something that is there once it has been asked for. */
export class Lazy<T> {
  #value: T | undefined;
  #loading: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<T>) {}

  /** At once where it is there already, so that nothing is shown twice; a failure to load leaves things as they are. */
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
