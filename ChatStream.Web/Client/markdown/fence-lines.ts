/** Languages whose code has fences of its own, and names of files in them. */
const nests = /^\s*(?:\S*[.:])?(?:markdown|md|mdx|rmd|qmd)\b/i;

/**
 * Tells which line closes a fence. Models write a Markdown document between three ticks, with blocks of code between three
 * ticks in it. In a fence of that language, a fence with a language opens a block in it, and the next bare one closes that.
 */
export class FenceLines {
  readonly #marker: string;
  readonly #length: number;
  readonly #nests: boolean;
  /** The open fences within it, from the outermost: how long each is, and whether others may open in it. */
  readonly #inner: { readonly length: number; readonly nests: boolean }[] = [];

  constructor(markup: string, info: string) {
    this.#marker = markup[0]!;
    this.#length = markup.length;
    this.#nests = nests.test(info);
  }

  /** True for the line that closes the fence. Takes all its lines, one after the other, without their indent. */
  closes(line: string): boolean {
    let length = 0;
    while (line[length] === this.#marker) length++;
    if (length < 3) return false;
    const info = line.slice(length).trim();
    const inner = this.#inner.at(-1);
    if (info) {
      if (length >= this.#length && (inner?.nests ?? this.#nests) && !(this.#marker === "`" && info.includes("`")))
        this.#inner.push({ length, nests: nests.test(info) });
      return false;
    }
    if (!inner) return length >= this.#length;
    if (length >= inner.length) this.#inner.pop();
    return false;
  }
}
