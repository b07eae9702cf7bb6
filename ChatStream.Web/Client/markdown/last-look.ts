import { rowsOf } from "./blocks";
import type { Extras } from "./extras";
import { FormulaBudget } from "./formula";
import { ElementNode, exchange, type MarkdownNode } from "./node";
import { NodeBuilder } from "./node-builder";
import type { NoteArea } from "./note-area";
import { type Notes, notesApart } from "./notes";
import { Outline } from "./outline";
import type { Parser, References, Token } from "./parser";
import type { Open, Place, Section } from "./sections";

/** What the settled text has defined. */
export interface Definitions {
  readonly references: References;
  readonly notes: Set<string>;
}

export function define({ references, notes }: Definitions, tokens: Token[], local: References): void {
  for (const { type, meta } of tokens) {
    const label = String(meta?.["label"]);
    if (type === "reference_definition") references[label] ??= local[label]!;
    else if (type === "footnote_open") notes.add(label);
  }
}

/**
 * Parses the complete text once more, one section after the other, now that all definitions are known. Replaces what turned
 * out to be something else, and moves the notes under the text.
 */
export class LastLook {
  readonly #builder: NodeBuilder;
  readonly #written: Token[][] = [];
  /** How many blocks there are more than the sections say, and how many rows of the list or table that goes on. */
  #more = 0;
  #moreRows = 0;
  #rowsOf: ElementNode | undefined;
  #at = 0;
  readonly #end: number;
  #tokens: Token[] | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly shown: MarkdownNode[],
    private readonly sections: readonly Section[],
    private readonly parser: Parser,
    private readonly defined: Definitions,
    notes: Notes,
    private readonly noteArea: NoteArea,
    extras: Extras,
  ) {
    // The end of the text has not settled, so nothing of it is known yet.
    const last = sections.at(-1)!;
    const references = Object.create(defined.references) as References;
    this.#tokens = parser.parse(last.text, references, false);
    define(defined, this.#tokens, references);
    if (sections.length > 1) this.#tokens = undefined;

    this.#end = shown.length;
    notes.clear();
    this.#builder = new NodeBuilder(extras, notes, new Outline(), new FormulaBudget(), defined.notes);
  }

  /** Looks at the next section. True if there is one more. */
  next(): boolean {
    const section = this.sections[this.#at];
    if (!section) return this.noteArea.finish(this.#written, this.#builder);
    const tokens = this.#tokens ?? this.parser.parse(section.text, Object.create(this.defined.references), false);
    const { text, notes } = notesApart(tokens);
    this.#written.push(...notes);
    const next = this.sections[++this.#at] ?? { at: this.#end, open: undefined };
    this.#show(section, next, this.#builder.build(text));
    return true;
  }

  #show(from: Place, to: Place, fresh: MarkdownNode[]): void {
    let first = from.at;
    if (from.open) {
      const goesOn = to.open?.node === from.open.node;
      this.#showRows(from.open, from.open.rows, fresh.shift(), goesOn ? to.open!.rows : undefined);
      if (goesOn) return;
      first++;
    }
    // The list or table that begins here goes on in the next section.
    if (to.open) this.#showRows(to.open, 0, fresh.pop(), to.open.rows);
    exchange(this.root, this.shown, first + this.#more, fresh, to.at + this.#more, this.noteArea.first);
    this.#more += fresh.length - (to.at - first);
  }

  #showRows({ node, kind }: Readonly<Open>, from: number, fresh: MarkdownNode | undefined, to: number | undefined): void {
    const rows = rowsOf(node, kind);
    // The head of a table stands in the section in which the table begins.
    if (kind === "table" && from === 0) adoptHead(node, fresh);
    if (!rows || !(fresh instanceof ElementNode) || fresh.tag !== node.tag) return;
    if (this.#rowsOf !== node) this.#moreRows = 0;
    this.#rowsOf = node;
    const children = rowsOf(fresh, kind)?.children ?? [];
    const first = from + this.#moreRows;
    const end = to === undefined ? rows.children.length : to + this.#moreRows;
    exchange(rows.dom, rows.children, first, children, end);
    this.#moreRows += children.length - (end - first);
  }
}

function adoptHead(table: ElementNode, fresh: MarkdownNode | undefined): void {
  const [shown, other] = [table.children[0], fresh instanceof ElementNode ? fresh.children[0] : undefined];
  if (!(shown instanceof ElementNode) || !(other instanceof ElementNode)) return;
  exchange(shown.dom, shown.children, 0, other.children.slice(0, 1), 1);
}
