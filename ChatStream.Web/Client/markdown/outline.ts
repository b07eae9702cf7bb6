/** The page's own headings above an answer: its title, and whose message it is. */
const above = 2;

/**
 * The levels of the headings of an answer. They stand below those of the page, and none is left out, whichever level the
 * answer begins with: an answer whose first heading is `###` has it on the third level.
 */
export class Outline {
  constructor(private readonly open: number[] = []) {}

  /** The element of the next heading, which the text has on this level. */
  next(level: number): string {
    while (this.open.length > 0 && this.open.at(-1)! >= level) this.open.pop();
    this.open.push(level);
    return `h${Math.min(6, above + this.open.length)}`;
  }

  copy(): Outline {
    return new Outline([...this.open]);
  }
}
