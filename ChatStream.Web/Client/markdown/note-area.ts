import type { Block } from "./blocks";
import { exchange, type MarkdownNode } from "./node";
import type { NodeBuilder } from "./node-builder";
import { isNote, labelOf, type Notes } from "./notes";
import type { Token } from "./parser";

/** So many notes are put in their order at once. */
const notesOfTurn = 100;

/** The footnotes of an answer. They stand below its text, also those that were written in the middle of it. */
export class NoteArea {
  readonly #shown: MarkdownNode[] = [];
  #settled = 0;
  /** Notes that have settled before a reference to them has come. */
  #early: Token[][] = [];
  /** The notes of the complete text that are not shown in their order yet, and how many are. */
  #inOrder: Iterator<Token[]> | undefined;
  #ordered = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly notes: Notes,
  ) {}

  /** What the text stands before. */
  get first(): Node | null {
    return this.#shown[0]?.dom ?? null;
  }

  /** Shows the notes among the blocks that have not settled, and early ones that a reference has named now. */
  show(blocks: Block[], builder: NodeBuilder): void {
    const due = this.#early.filter((tokens) => this.notes.isReferred(labelOf(tokens)));
    const early = due.flatMap((tokens) => builder.build(tokens));
    const fresh = blocks.flatMap(({ node, tokens }) => (isNote(tokens) ? (node ?? []) : []));
    exchange(this.root, this.#shown, this.#settled, [...early, ...fresh]);
    if (due.length === 0) return;
    this.#settled += early.length;
    this.#early = this.#early.filter((tokens) => !due.includes(tokens));
    for (const tokens of due) this.notes.settle(tokens);
  }

  settle({ node, tokens }: Block): void {
    if (node) this.#settled++;
    else this.#early.push(tokens);
  }

  /** Shows some of the notes of the complete text, in the order of their numbers. True if there are more. */
  finish(notes: Token[][], builder: NodeBuilder): boolean {
    this.#inOrder ??= this.notes.inOrder(notes);
    const fresh: MarkdownNode[] = [];
    let next = this.#inOrder.next();
    for (; !next.done; next = this.#inOrder.next()) {
      fresh.push(...builder.build(next.value));
      if (fresh.length >= notesOfTurn) break;
    }
    exchange(this.root, this.#shown, this.#ordered, fresh, next.done ? undefined : this.#ordered + fresh.length);
    this.#ordered += fresh.length;
    return !next.done;
  }

  clear(): void {
    this.#shown.length = 0;
  }
}
