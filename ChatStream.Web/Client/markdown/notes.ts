import { ElementNode, type MarkdownNode } from "./node";
import type { Token } from "./parser";

/** The numbers of an answer's footnotes, in the order of their first reference. */
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

  /** Sorts notes by number. Notes without a reference come last, in the order in which they were written. */
  sorted(notes: Token[][]): Token[][] {
    const numbered = notes.map((note) => ({ note, number: this.number(String(note[0]?.meta?.["label"])) }));
    return numbered.sort((a, b) => a.number - b.number).map(({ note }) => note);
  }

  clear(): void {
    this.#numbers.clear();
  }
}

export const isNote = (node: MarkdownNode) => node instanceof ElementNode && node.attributes["class"] === "note";

/** Separates the text from its notes. A note within a list or a quotation stays in the text. */
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
