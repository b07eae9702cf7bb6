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
import { Written } from "./written";

/** An open block longer than `longOpen` (UTF-16 units) is parsed again only after it has grown by 1/`growth` of its length. */
const longOpen = 4_096;
const growth = 32;

/** So many characters are taken over at a time. A longer text is shown in several slices, with time for the browser between. */
const sliceLength = 4_096;

/** A block that does not settle within so many characters ends there, so that no step parses more. A paragraph ends earlier. */
const longestParagraph = 8_192;
const longestBlock = 20_480;
const longestCode = 102_400;

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
  /** How many blocks have settled. */
  #settled = 0;
  readonly #defined: Definitions = { references: noReferences(), notes: new Set() };
  #open: Open | undefined;
  /** A head for the table that is being written, put before the unread text so that its rows are parsed as rows. */
  #head = "";
  #fence: OpenFence | undefined;
  readonly #formulas = new FormulaBudget();
  #unreadThen = 0;
  /** How long the unread text may become. */
  #longest = longestParagraph;
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
    if (waiting.length > sliceLength) this.#rest = new Rest(this.root, waiting);
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
      this.#incoming.take(this.#incoming.waiting.length);
      return this.#write();
    }
    const room = this.#fence ? sliceLength : Math.min(sliceLength, Math.max(0, this.#longest - this.#unread.length));
    this.#unread += this.#incoming.take(room);
    this.#rest?.shrink(this.#incoming.waiting.length);
    const { length } = this.#unread;
    const isLong = !this.#fence && length > longOpen && length < this.#longest;
    if (isLong && length < this.#unreadThen * (1 + 1 / growth)) return;
    try {
      if (this.#isFull) this.#cut();
      else this.#step();
    } catch {
      this.#write();
    }
    this.#unreadThen = this.#unread.length;
  }

  /** Replaces the blocks of the text from an index on. The notes stay below them. */
  #exchange(from: number, fresh: MarkdownNode[]): void {
    exchange(this.root, this.#shown, from, fresh, undefined, this.#noteArea.first);
  }

  #step(): void {
    if (this.#fence && !this.#readFence(this.#fence)) return;
    if (!this.#unread) return;
    const { text, isGuess } = readable(this.#head + this.#unread);
    const { tokens, blocks, references } = this.#parse(text, true);
    // An open formula may turn out to be text of the block before it.
    const formula = blocks.findIndex(({ tokens }) => tokens.some(({ type, meta }) => type === "math" && meta?.["open"]));
    if (!isGuess) this.#settle(text, formula < 0 ? blocks : blocks.slice(0, formula), references);
    if (!this.#fence && this.#unread.length >= this.#longest) this.#limit(tokens);
  }

  /** Parses text behind the settled blocks, and shows it. */
  #parse(text: string, isGrowing: boolean): { tokens: Token[]; blocks: Block[]; references: References } {
    const references = Object.create(this.#defined.references) as References;
    const tokens = parser.parse(text, references, isGrowing);
    this.#notes.begin();
    const builder = new NodeBuilder(this.extras, this.#notes, this.#outline.copy(), this.#formulas);
    const blocks = blocksOf(tokens, builder);
    this.#noteArea.show(blocks, builder);
    this.#show(blocks);
    return { tokens, blocks, references };
  }

  /** Gives a block that does not settle more room, or plans its end. */
  #limit(tokens: Token[]): void {
    if (this.#longest < longestBlock && tokens.some(({ type }) => type !== "paragraph_open" && type.endsWith("_open")))
      this.#longest = longestBlock;
    // Code is cheap to parse, and a list that ends in the middle of it would be torn apart.
    else if (this.#longest < longestCode && tokens.findLast(({ nesting }) => nesting >= 0)?.type === "fence")
      this.#longest += longestBlock;
    else this.#isFull = true;
  }

  /** Ends a block that does not settle: all of it that stands on complete lines settles as it is. */
  #cut(): void {
    this.#isFull = false;
    const lines = this.#unread.lastIndexOf("\n") + 1;
    const length = lines || this.#unread.length - (/[\ud800-\udbff]$/.test(this.#unread) ? 1 : 0);
    const { blocks, references } = this.#parse(this.#head + this.#unread.slice(0, length), false);
    this.#sections.begin(this.#settled, this.#open, this.#head);
    this.#settleBlocks(blocks, references);
    this.#take(length);
    this.#sections.begin(this.#settled, undefined, "");
  }

  /** Takes settled text out of the unread text. */
  #take(length: number): void {
    if (length === 0) return;
    this.#sections.add(this.#unread.slice(0, length));
    this.#unread = this.#unread.slice(length);
    this.#longest = longestParagraph;
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
    return end;
  }

  /** Stops parsing at an open fence: from here on its lines are read directly. Returns the first line of its code. */
  #enterFence({ line, tokens: [token] }: Block, lines: Lines): number | undefined {
    if (token?.type !== "fence" || !token.meta?.["open"] || !lines.isWhole(line)) return;
    const node = new CodeNode(token.info, "", false, this.extras);
    this.#exchange(this.#settled, [node]);
    this.#fence = new OpenFence(node, token.markup, token.info, lines.indent(line));
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

const columns = ({ tokens }: Block) => tokens.filter(({ type }) => type === "th_open").length;
