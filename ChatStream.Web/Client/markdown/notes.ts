/** The numbers of an answer's footnotes, in the order in which they are first named. */
export class Notes {
  readonly #numbers = new Map<string, number>();

  constructor(private readonly scope: string) {}

  number(label: string): number {
    const number = this.#numbers.get(label) ?? this.#numbers.size + 1;
    this.#numbers.set(label, number);
    return number;
  }

  id(label: string): string {
    return `note-${this.scope}-${this.number(label)}`;
  }

  clear(): void {
    this.#numbers.clear();
  }
}
