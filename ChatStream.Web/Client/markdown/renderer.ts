import { type Block, blocksOf, kindOf, rowLines, rowsOf } from "./blocks";
import { CodeNode } from "./code-node";
import { readable } from "./ending";
import type { Extras } from "./extras";
import { OpenFence } from "./fence";
import { FormulaBudget } from "./formula";
import { Incoming } from "./incoming";
import { type Definitions, define, LastLook } from "./last-look";
import { Lines } from "./lines";
import { type ElementNode, exchange, type MarkdownNode } from "./node";
import { NodeBuilder } from "./node-builder";
import { NoteArea } from "./note-area";
import { isNote, Notes } from "./notes";
import { Outline } from "./outline";
import { createParser, noReferences, type References, type Token } from "./parser";
import { Rest } from "./rest";
import { type Open, Sections } from "./sections";
import { sizeOf } from "./size";
import { Written } from "./written";

// The sizes that follow are UTF-16 units. A short line counts as more than it has.

/** An open block of more than `longOpen` is parsed again only after it has grown by 1/`growth` of its size. */
const longOpen = 4_096;
const growth = 32;

/** So much is taken over at a time. A longer text is shown in several slices, with time for the browser between. */
const sliceSize = 4_096;

/** A block that does not settle within this size ends there, so that no step parses more. A paragraph ends earlier. */
const longestParagraph = 8_192;
const longestBlock = 20_480;
const longestCode = 102_400;

/**
 * An answer that becomes more is shown as it was written from there on, because a browser lays out all of it again and again.
 * Answers of 160 KB as models write them have less.
 */
const mostPieces = 11_000;

const parser = createParser();

/** How many characters have been parsed since the page was loaded. */
export const parsedCharacters = () => parser.parsed;

/**
 * Shows Markdown while it is written. All blocks before the one that is being written have settled: they are not parsed and
 * not touched again. When the text is complete, all of it is parsed once more, section by section, because a definition at the
 * end may change a link at the beginning.
 */
export class Renderer {
  readonly #shown: MarkdownNode[] = [];
  readonly #notes: Notes;
  readonly #noteArea: NoteArea;
  readonly #outline = new Outline();
  readonly #incoming = new Incoming();
  #rest: Rest | undefined;
  /** The part of the text that was looked at and has not settled. */
  #unread = "";
  #sections = new Sections();
  /** How many blocks have settled, and how many pieces they are made of. */
  #settled = 0;
  #pieces = 0;
  /** The rest of the text stays as it was written. */
  #isOver = false;
  readonly #defined: Definitions = { references: noReferences(), notes: new Set() };
  #open: Open | undefined;
  /** A head for the table that is being written, put before the unread text so that its rows are parsed as rows. */
  #head = "";
  #fence: OpenFence | undefined;
  readonly #formulas = new FormulaBudget();
  /** The size of the unread text when it was parsed last. */
  #sizeThen = 0;
  /** How large the unread text may become. */
  #longest = longestParagraph;
  /** The unread text ends in code, of which lines are cheap. */
  #isCode = false;
  #isFull = false;
  #finished = false;
  #lastLook: LastLook | undefined;
  #discarded = false;
  /** Shows the text instead, because the parser failed. */
  #written: Written | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly extras: Extras,
    scope: string,
  ) {
    this.#notes = new Notes(scope);
    this.#noteArea = new NoteArea(root, this.#notes);
  }

  add(text: string): void {
    this.#incoming.add(text);
  }

  /** Shows some of the text that was added. Call it at most once per animation frame. True if there is more to show. */
  update(): boolean {
    if (this.#finished) return false;
    this.#read();
    return this.#incoming.waiting !== "";
  }

  /** Call it when the text is complete. Shows the rest of it, and replaces what turned out to be something else. */
  finish(): void {
    this.#finished = true;
    this.#incoming.end();
    const { waiting } = this.#incoming;
    if (sizeOf(waiting) > sliceSize && !this.#isOver) this.#rest = new Rest(this.root, waiting);
    else if (waiting !== "") this.#read();
    this.extras.turns.run(() => this.#goOn());
  }

  /** Call it before something else is shown in the same place. */
  discard(): void {
    this.#finished = this.#discarded = true;
    this.#rest?.remove();
  }

  /** One step towards the end. True if there are more. */
  #goOn(): boolean {
    if (this.#discarded) return false;
    if (this.#incoming.waiting === "" || this.#written) return this.#look();
    this.#read();
    return true;
  }

  #look(): boolean {
    try {
      if (!this.#lastLook) {
        if (this.#written) this.#clear();
        else this.#sections.add(this.#unread);
        const { all } = this.#sections;
        this.#lastLook = new LastLook(
          this.root,
          this.#shown,
          all,
          parser,
          this.#defined,
          this.#notes,
          this.#noteArea,
          this.extras,
        );
      }
      return this.#lastLook.next();
    } catch {
      this.#write();
      return false;
    }
  }

  #read(): void {
    if (this.#written) {
      this.#incoming.take(Infinity);
      return this.#write();
    }
    if (this.#isOver) return this.#rest!.grow(this.#incoming.take(Infinity));
    const room = this.#fence ? sliceSize : Math.min(sliceSize, this.#longest - this.#size);
    if (room > 0) this.#unread += this.#incoming.take(room);
    this.#rest?.shrink(this.#incoming.waiting.length);
    const size = this.#size;
    const isLong = !this.#fence && size > longOpen && size < this.#longest;
    if (isLong && size < this.#sizeThen * (1 + 1 / growth)) return;
    try {
      if (this.#isFull) this.#cut();
      else this.#step();
      if (this.#pieces > mostPieces && !this.#fence) this.#end();
    } catch {
      this.#write();
    }
    this.#sizeThen = this.#size;
  }

  /** Of the unread text. */
  get #size(): number {
    return this.#isCode ? this.#unread.length : sizeOf(this.#unread);
  }

  /** Replaces the blocks of the text from an index on. The notes stay below them. */
  #exchange(from: number, fresh: MarkdownNode[]): void {
    exchange(this.root, this.#shown, from, fresh, undefined, this.#noteArea.first);
  }

  #step(): void {
    if (this.#fence && !this.#readFence(this.#fence)) return;
    if (!this.#unread) return;
    const source = this.#head + this.#unread;
    let { text, isGuess, run } = readable(source);
    let { tokens, references } = this.#parse(text, true, run);
    if (isGuess && !endsWithHead(tokens)) {
      // In code and in a formula, a line with pipes begins no table.
      ({ text, isGuess, run } = readable(source, false));
      ({ tokens, references } = this.#parse(text, true, run));
    }
    const blocks = this.#build(tokens);
    // An open formula may turn out to be text of the block before it.
    const formula = blocks.findIndex(({ tokens }) => tokens.some(({ type, meta }) => type === "math" && meta?.["open"]));
    if (!isGuess) this.#settle(text, formula < 0 ? blocks : blocks.slice(0, formula), references);
    if (!this.#fence && this.#size >= this.#longest) this.#limit(tokens);
  }

  /** Parses text behind the settled blocks. */
  #parse(text: string, isGrowing: boolean, run?: string): { tokens: Token[]; references: References } {
    const references = Object.create(this.#defined.references) as References;
    return { tokens: parser.parse(text, references, isGrowing, run), references };
  }

  /** Shows what was parsed behind the settled blocks. */
  #build(tokens: Token[]): Block[] {
    this.#notes.begin();
    const builder = new NodeBuilder(this.extras, this.#notes, this.#outline.copy(), this.#formulas);
    const blocks = blocksOf(tokens, builder);
    this.#noteArea.show(blocks, builder);
    this.#show(blocks);
    return blocks;
  }

  /** Gives a block that does not settle more room, or plans its end. */
  #limit(tokens: Token[]): void {
    if (this.#longest < longestBlock && tokens.some(({ type }) => type !== "paragraph_open" && type.endsWith("_open")))
      this.#longest = longestBlock;
    // Code is cheap to parse, and a list that ends in the middle of it would be torn apart.
    else if (this.#longest < longestCode && tokens.findLast(({ nesting }) => nesting >= 0)?.type === "fence") {
      this.#isCode = true;
      this.#longest += longestBlock;
    } else this.#isFull = true;
  }

  /** Ends a block that does not settle: all of it that stands on complete lines settles as it is. */
  #cut(): void {
    this.#isFull = false;
    const lines = this.#unread.lastIndexOf("\n") + 1;
    const length = lines || this.#unread.length - (/[\ud800-\udbff]$/.test(this.#unread) ? 1 : 0);
    const { tokens, references } = this.#parse(this.#head + this.#unread.slice(0, length), false);
    const blocks = this.#build(tokens);
    this.#sections.begin(this.#settled, this.#open, this.#head);
    this.#settleBlocks(blocks, references);
    this.#take(length);
    this.#sections.begin(this.#settled, undefined, "");
  }

  /** What has not settled, and all that comes, is shown as it was written. */
  #end(): void {
    this.#isOver = true;
    if (this.#open) {
      const rows = rowsOf(this.#open.node, this.#open.kind)!;
      exchange(rows.dom, rows.children, this.#open.rows, []);
    }
    this.#exchange(this.#open ? this.#settled + 1 : this.#settled, []);
    this.#rest?.remove();
    this.#rest = new Rest(this.root, this.#unread + this.#incoming.take(Infinity));
    this.#unread = "";
  }

  /** Takes settled text out of the unread text. */
  #take(length: number): void {
    if (length === 0) return;
    this.#sections.add(this.#unread.slice(0, length));
    this.#unread = this.#unread.slice(length);
    this.#longest = longestParagraph;
    this.#isCode = false;
  }

  /** Returns true once the fence has closed. */
  #readFence(fence: OpenFence): boolean {
    const { end, closed } = fence.read(this.#unread);
    this.#take(end);
    if (!closed) return false;
    this.#fence = undefined;
    this.#settled++;
    return true;
  }

  #show(blocks: Block[]): void {
    const fresh = blocks.flatMap(({ node, tokens }) => (isNote(tokens) ? [] : (node ?? [])));
    const open = this.#open;
    if (!open) return this.#exchange(this.#settled, fresh);

    const [first] = blocks;
    if (!first?.node || kindOf(first) !== open.kind) throw new Error("What was open is something else now");
    if (open.kind === "list" && (first.node as ElementNode).attributes["class"] === undefined) open.node.remove("class");
    const rows = rowsOf(open.node, open.kind)!;
    exchange(rows.dom, rows.children, open.rows, rowsOf(first.node, open.kind)?.children ?? []);
    this.#exchange(this.#settled + 1, fresh.slice(1));
  }

  /** Settles all blocks and rows that later text cannot change. */
  #settle(text: string, blocks: Block[], references: References): void {
    const lines = new Lines(text);
    // Tags and comments may stand on a line with other blocks. Such a line settles as a whole.
    const last = blocks.findLastIndex(({ line }, i) => lines.isCertain(line) && (i === 0 || blocks[i - 1]!.end <= line));
    const block = blocks[last];
    if (!block) return;
    // Lines are counted in the parsed text, which begins with the head of the open table.
    const head = this.#head.length;
    let settled = 0;
    if (last > 0) {
      const before = blocks.slice(0, last);
      settled = lines.start(block.line) - head;
      this.#settleBlocks(before, references);
    }
    if (last === blocks.length - 1 && block.node) {
      const end = this.#settleRows(block, lines, references) ?? this.#enterFence(block, lines);
      if (end !== undefined) settled = lines.start(end) - head;
    }
    this.#take(settled);
    if (this.#fence) this.#readFence(this.#fence);
    else if (this.#sections.isFull) this.#sections.begin(this.#settled, this.#open, this.#head);
  }

  #settleBlocks(blocks: Block[], references: References): void {
    for (const block of blocks) {
      if (isNote(block.tokens)) this.#noteArea.settle(block);
      else if (block.node) this.#settled++;
      this.#pieces += piecesOf(block.tokens);
      this.#keep(block.tokens, references);
    }
    this.#open = undefined;
    this.#head = "";
  }

  /** Settles rows of the list or table that is being written. Returns the line after them. */
  #settleRows(block: Block, lines: Lines, references: References): number | undefined {
    const kind = kindOf(block);
    if (!kind) return;
    const starts = rowLines(block, kind);
    // A row of a table is one line; an item of a list ends where the next one begins.
    const settled =
      kind === "list"
        ? starts.findLastIndex((line) => lines.isCertain(line))
        : starts.filter((line) => lines.isWhole(line)).length;
    if (settled <= 0) return;
    const end = kind === "list" ? starts[settled]! : starts[settled - 1]! + 1;
    const rows = block.tokens.filter(({ map }) => map && map[0] < end);
    this.#keep(rows, references);
    if (!this.#open) {
      this.#open = { kind, node: block.node as ElementNode, rows: 0 };
      if (kind === "table") this.#head = emptyHead(columns(block), lines.between(block.line + 1, block.line + 2));
    }
    this.#open.rows += settled;
    this.#pieces += kind === "table" ? settled * (costOf.block + columns(block) * costOf.cell) : piecesOf(rows);
    return end;
  }

  /** Stops parsing at an open fence: from here on its lines are read directly. Returns the first line of its code. */
  #enterFence({ line, tokens: [token] }: Block, lines: Lines): number | undefined {
    if (token?.type !== "fence" || !token.meta?.["open"] || !lines.isWhole(line)) return;
    const node = new CodeNode(token.info, "", false, this.extras);
    this.#exchange(this.#settled, [node]);
    this.#fence = new OpenFence(node, token.markup, token.info, lines.indent(line));
    this.#pieces += costOf.code;
    return line + 1;
  }

  /** Remembers what settled blocks mean for those that follow. */
  #keep(tokens: Token[], references: References): void {
    this.#notes.settle(tokens);
    for (const { type, tag } of tokens) if (type === "heading_open") this.#outline.next(Number(tag[1]));
    define(this.#defined, tokens, references);
  }

  #clear(): void {
    this.#written = undefined;
    this.#shown.length = 0;
    this.#noteArea.clear();
    this.#sections = new Sections(this.#incoming.all);
    this.root.replaceChildren();
  }

  #write(): void {
    if (!this.#written) {
      this.#clear();
      this.#written = new Written(this.root);
    }
    this.#rest?.remove();
    this.#written.show(this.#incoming.all);
  }
}

/** A head with the columns of the table and empty cells: the real head has been parsed already. */
const emptyHead = (cells: number, underline: string) =>
  `${"|".repeat(cells + 1)}\n${underline.trim().replace(/^\|?/, "|").replace(/-+/g, "-")}\n`;

/** What a browser has to lay out, in blocks. A block of code has buttons. */
const costOf = { code: 10, block: 1, cell: 0.5, inline: 0.1 };

function piecesOf(tokens: Token[]): number {
  let pieces = 0;
  let isCell = false;
  for (const { type, nesting, children } of tokens) {
    if (isCell) isCell = false;
    else if (children) pieces += children.length * costOf.inline;
    else if (type === "td_open" || type === "th_open") {
      isCell = true;
      pieces += costOf.cell;
    } else if (type === "fence" || type === "code_block") pieces += costOf.code;
    else if (nesting >= 0 && !type.endsWith("_list_open")) pieces += costOf.block;
  }
  return pieces;
}

/** True if the last text is a cell of a head. */
const endsWithHead = (tokens: Token[]) => tokens[tokens.findLastIndex(({ type }) => type === "inline") - 1]?.type === "th_open";

const columns = ({ tokens }: Block) => tokens.filter(({ type }) => type === "th_open").length;
