import type { Token } from "./parser";

/** The footnotes of an answer: their numbers, in the order of their first reference, and which have been shown. */
export class Notes {
  readonly #numbers = new Map<string, number>();
  readonly #settled = new Set<string>();
  #referred = new Set<string>();
  #claimed = new Set<string>();

  constructor(private readonly scope: string) {}

  /** Call it before the blocks that have not settled are built. */
  begin(): void {
    this.#referred = new Set(this.#settled);
    this.#claimed = new Set(this.#settled);
  }

  number(label: string): number {
    const number = this.#numbers.get(label) ?? this.#numbers.size + 1;
    this.#numbers.set(label, number);
    return number;
  }

  isReferred(label: string): boolean {
    return this.#numbers.has(label);
  }

  id(label: string): string {
    return `note-${this.scope}-${this.number(label)}`;
  }

  referenceId(label: string): string {
    return `reference-${this.scope}-${this.number(label)}`;
  }

  /** The id of a reference; undefined if it is not the first one to its note. */
  refer(label: string): string | undefined {
    const key = `reference ${label}`;
    if (this.#referred.has(key)) return;
    this.#referred.add(key);
    return this.referenceId(label);
  }

  /** True if a note is to be shown: a reference has come, and no other note has the label. */
  claim(label: string): boolean {
    if (!this.isReferred(label) || this.#claimed.has(label)) return false;
    this.#claimed.add(label);
    return true;
  }

  /** Remembers the notes and references of blocks that have settled. */
  settle(tokens: Token[]): void {
    for (const { type, meta, children } of tokens) {
      const label = String(meta?.["label"]);
      if (type === "footnote_open" && this.isReferred(label)) this.#settled.add(label);
      for (const { type, meta } of children ?? [])
        if (type === "footnote_reference") this.#settled.add(`reference ${meta?.["label"]}`);
    }
  }

  /** Forgets everything, because the whole is built again. */
  clear(): void {
    this.#numbers.clear();
    this.#settled.clear();
    this.begin();
  }

  /** Takes the notes with a reference, in the order of their numbers. A note may refer to another one. */
  *inOrder(notes: Token[][]): Generator<Token[]> {
    const waiting = new Map<string, Token[]>();
    for (const note of notes) {
      const label = labelOf(note);
      if (!waiting.has(label)) waiting.set(label, note);
    }
    for (const label of this.#numbers.keys()) {
      const note = waiting.get(label);
      if (note) yield note;
    }
  }
}

export const isNote = (tokens: readonly Token[]) => tokens[0]?.type === "footnote_open";

export const labelOf = ([open]: readonly Token[]) => String(open?.meta?.["label"]);

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
