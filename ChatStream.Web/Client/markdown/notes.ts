import type { Token } from "./parser";
import { ElementPiece, type Piece } from "./piece";

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

  /** In the order of their numbers; those that are named nowhere come last, as they were written. */
  sorted(notes: Token[][]): Token[][] {
    const numbered = notes.map((note) => ({ note, number: this.number(String(note[0]?.meta?.["label"])) }));
    return numbered.sort((a, b) => a.number - b.number).map(({ note }) => note);
  }

  clear(): void {
    this.#numbers.clear();
  }
}

export const isNote = (piece: Piece) => piece instanceof ElementPiece && piece.attributes["class"] === "note";

/** The text, and the notes that do not stand in a list or quotation of it. */
export function notesApart(tokens: Token[]): { text: Token[]; notes: Token[][] } {
  const text: Token[] = [];
  const notes: Token[][] = [];
  let note: Token[] | undefined;
  for (const token of tokens) {
    if (token.type === "footnote_open" && token.level === 0) notes.push((note = []));
    (note ?? text).push(token);
    if (token.type === "footnote_close" && token.level === 0) note = undefined;
  }
  return { text, notes };
}
