/** A line whose rest cannot change the kind of its block. */
const certain = /^[ \t]*(?:\p{L}|\*\*?[\p{L}\p{N}]|[-+*] +\p{L}|\d+[.)] +\p{L}|#{1,6} +\p{L}|["'(“„«¿¡])/u;

/** The lines of a text whose last line may be incomplete. */
export class Lines {
  readonly #starts = [0];

  constructor(private readonly text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  between(first: number, end: number): string {
    return this.text.slice(this.start(first), this.start(end));
  }

  indent(line: number): number {
    return /^ */.exec(this.text.slice(this.start(line)))![0].length;
  }

  isWhole(line: number): boolean {
    return line < this.#starts.length - 1;
  }

  isCertain(line: number): boolean {
    return this.isWhole(line) || certain.test(this.text.slice(this.start(line)));
  }
}
