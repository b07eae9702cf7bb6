import { type Block, blocksOf, type Kind, kindOf, rowLines, rowsOf } from "./blocks";
import { CodePiece } from "./code-piece";
import { readable } from "./ending";
import type { Extras } from "./extras";
import { OpenFence } from "./fence";
import { Lines } from "./lines";
import { isNote, Notes, notesApart } from "./notes";
import { createParser, type References, type Token } from "./parser";
import { type ElementPiece, exchange, type Piece } from "./piece";
import { Pieces } from "./pieces";

/** An open block this long is read again only once it has grown by a part of its length. */
const longOpen = 4_096;
const growth = 32;

/** Wide tables are read whole, so that the parser's own limit on missing cells holds. */
const widestSettled = 64;

const parser = createParser();

/** Characters that have been parsed since the page was loaded. */
export const parsedCharacters = () => parser.parsed;

/** A list or table that is being written, some of whose rows have settled. */
interface Open {
  readonly kind: Kind;
  readonly piece: ElementPiece;
  rows: number;
}

/**
 * Shows Markdown while it is written. What comes before the block that is being written has settled: it is neither parsed nor
 * touched again, until the whole has arrived and is parsed once more, since a definition at the end may change what a link
 * at the beginning is.
 */
export class Renderer {
  #shown: Piece[] = [];
  readonly #notes: Notes;
  /** In the pieces in which it came: adding to a long string and reading it again would copy all of it for each. */
  readonly #source: string[] = [];
  /** What of it has not settled, and how many of the blocks have. */
  #unread = "";
  #settled = 0;
  #endsWithReturn = false;
  #references = noReferences();
  #open: Open | undefined;
  /** Stands for the head of the table that is being written, so that its next rows are read as rows. */
  #head = "";
  #fence: OpenFence | undefined;
  #unreadThen = 0;
  #finished = false;
  #plain: Text | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly extras: Extras,
    scope: string,
  ) {
    this.#notes = new Notes(scope);
  }

  add(text: string): void {
    const all = this.#endsWithReturn ? `\r${text}` : text;
    this.#endsWithReturn = all.endsWith("\r");
    this.#append((this.#endsWithReturn ? all.slice(0, -1) : all).replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd"));
  }

  #append(text: string): void {
    this.#source.push(text);
    this.#unread += text;
  }

  /** Shows what has been added: to be called at most once per frame. */
  update(): void {
    if (this.#finished) return;
    if (this.#plain) return this.#showPlain();
    const { length } = this.#unread;
    if (!this.#fence && length > longOpen && length < this.#unreadThen * (1 + 1 / growth)) return;
    try {
      this.#step();
    } catch {
      this.#showPlain();
    }
    this.#unreadThen = this.#unread.length;
  }

  /** The whole has arrived: blocks that are something else than they seemed are exchanged. */
  finish(): void {
    this.#finished = true;
    if (this.#endsWithReturn) this.#append("\n");
    this.#endsWithReturn = false;
    if (this.#plain) this.#clear();
    try {
      const tokens = parser.parse(this.#source.join(""), noReferences(), false);
      const defined = new Set(tokens.filter(({ type }) => type === "footnote_open").map(({ meta }) => String(meta?.["label"])));
      this.#notes.clear();
      const pieces = new Pieces(this.extras, this.#notes, defined);
      const { text, notes } = notesApart(tokens);
      const fresh = pieces.of(text, true);
      for (const note of this.#notes.sorted(notes)) fresh.push(...pieces.of(note, true));
      this.#moveNotes();
      exchange(this.root, this.#shown, 0, fresh);
    } catch {
      this.#showPlain();
    }
  }

  /** To the end, where they are going to stand, so that what follows them keeps its nodes. */
  #moveNotes(): void {
    const notes = this.#shown.filter(isNote);
    if (notes.length === 0 || this.#shown.slice(-notes.length).every(isNote)) return;
    this.#shown = [...this.#shown.filter((piece) => !isNote(piece)), ...notes];
    for (const { node } of notes) this.root.append(node);
  }

  #step(): void {
    if (this.#fence && !this.#readFence(this.#fence)) return;
    if (!this.#unread) return;
    const { text, isGuess } = readable(this.#head + this.#unread);
    const references = Object.create(this.#references) as References;
    const tokens = parser.parse(text, references, true);
    const blocks = blocksOf(tokens, new Pieces(this.extras, this.#notes));
    this.#show(blocks);
    if (!isGuess && !tokens.some(({ type, meta }) => type === "math" && meta?.["open"])) this.#settle(text, blocks, references);
  }

  /** Whether it has closed. */
  #readFence(fence: OpenFence): boolean {
    const { end, closed } = fence.read(this.#unread);
    this.#unread = this.#unread.slice(end);
    if (!closed) return false;
    this.#fence = undefined;
    this.#settled++;
    return true;
  }

  #show(blocks: Block[]): void {
    const fresh = blocks.flatMap(({ piece }) => piece ?? []);
    const open = this.#open;
    if (!open) return exchange(this.root, this.#shown, this.#settled, fresh);

    const [first] = blocks;
    if (!first?.piece || kindOf(first) !== open.kind) throw new Error("What was open is something else now");
    if (open.kind === "list" && (first.piece as ElementPiece).attributes["class"] === undefined) open.piece.remove("class");
    const rows = rowsOf(open.piece, open.kind)!;
    exchange(rows.node, rows.children, open.rows, rowsOf(first.piece, open.kind)?.children ?? []);
    exchange(this.root, this.#shown, this.#settled + 1, fresh.slice(1));
  }

  /** Leaves behind what nothing that comes can change. */
  #settle(text: string, blocks: Block[], references: References): void {
    const lines = new Lines(text);
    const last = blocks.findLastIndex(({ line }) => lines.isCertain(line));
    const block = blocks[last];
    if (!block) return;
    // Lines are counted in what was parsed, which begins with the head of the table that was open.
    const head = this.#head.length;
    let settled = 0;
    if (last > 0) {
      const before = blocks.slice(0, last);
      settled = lines.start(block.line) - head;
      this.#settled += before.filter(({ piece }) => piece).length;
      this.#open = undefined;
      this.#head = "";
      for (const { tokens } of before) this.#keep(tokens, references);
    }
    if (last === blocks.length - 1 && block.piece) {
      const end = this.#settleRows(block, lines, references) ?? this.#enterFence(block, lines);
      if (end !== undefined) settled = lines.start(end) - head;
    }
    this.#unread = this.#unread.slice(settled);
    if (this.#fence) this.#readFence(this.#fence);
  }

  /** Of a list or table that is being written; the line after those that have settled. */
  #settleRows(block: Block, lines: Lines, references: References): number | undefined {
    const kind = kindOf(block);
    if (!kind) return;
    const starts = rowLines(block, kind);
    // A row of a table is one line; an item of a list ends where the next one begins.
    const settled =
      kind === "list"
        ? starts.findLastIndex((line) => lines.isCertain(line))
        : starts.filter((line) => lines.isWhole(line)).length;
    if (settled <= 0 || (kind === "table" && columns(block) > widestSettled)) return;
    const end = kind === "list" ? starts[settled]! : starts[settled - 1]! + 1;
    this.#keep(
      block.tokens.filter(({ map }) => map && map[0] < end),
      references,
    );
    if (!this.#open) {
      this.#open = { kind, piece: block.piece as ElementPiece, rows: 0 };
      if (kind === "table") this.#head = emptyHead(columns(block), lines.between(block.line + 1, block.line + 2));
    }
    this.#open.rows += settled;
    return end;
  }

  /** From its first line on a fence is not parsed, but read; that line. */
  #enterFence({ line, tokens: [token] }: Block, lines: Lines): number | undefined {
    if (token?.type !== "fence" || !token.meta?.["open"] || !lines.isWhole(line)) return;
    const piece = new CodePiece(token.info, "", false, this.extras);
    exchange(this.root, this.#shown, this.#settled, [piece]);
    this.#fence = new OpenFence(piece, token.markup, lines.indent(line));
    return line + 1;
  }

  #keep(tokens: Token[], references: References): void {
    for (const { type, meta } of tokens) {
      const label = type === "reference_definition" ? String(meta?.["label"]) : undefined;
      if (label !== undefined) this.#references[label] ??= references[label]!;
    }
  }

  #clear(): void {
    this.#plain = undefined;
    this.#shown.length = 0;
    this.root.replaceChildren();
  }

  /** What the parser cannot take is shown as it was written. */
  #showPlain(): void {
    if (!this.#plain) {
      this.#clear();
      const element = document.createElement("div");
      element.className = "plain";
      element.dir = "auto";
      element.append((this.#plain = document.createTextNode("")));
      this.root.append(element);
    }
    const source = this.#source.join("");
    this.#plain.appendData(source.slice(this.#plain.length));
  }
}

const noReferences = () => Object.create(null) as References;

/** With the table's columns, but nothing in its cells: what stands in the table's own has been parsed. */
const emptyHead = (cells: number, underline: string) =>
  `${"|".repeat(cells + 1)}\n${underline.trim().replace(/^\|?/, "|").replace(/-+/g, "-")}\n`;

const columns = ({ tokens }: Block) => tokens.filter(({ type }) => type === "th_open").length;
