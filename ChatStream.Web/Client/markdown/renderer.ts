import { MarkLimit } from "../mirrored/stacked-marks";
import { type Block, blocksOf, type Kind, kindOf, rowLines, rowsOf } from "./blocks";
import { CodeNode } from "./code-node";
import { readable } from "./ending";
import type { Extras } from "./extras";
import { OpenFence } from "./fence";
import { FormulaBudget } from "./formula";
import { Lines } from "./lines";
import { type ElementNode, exchange, type MarkdownNode } from "./node";
import { NodeBuilder } from "./node-builder";
import { NoteArea } from "./note-area";
import { isNote, Notes, notesApart } from "./notes";
import { Outline } from "./outline";
import { createParser, type References, type Token } from "./parser";

/** An open block longer than `longOpen` (UTF-16 units) is parsed again only after it has grown by 1/`growth` of its length. */
const longOpen = 4_096;
const growth = 32;

/** The rows of a table with more columns than this never settle, because its head is parsed with them each time. */
const widestSettled = 64;

const parser = createParser();

/** How many characters have been parsed since the page was loaded. */
export const parsedCharacters = () => parser.parsed;

/** A list or table that is being written and has settled rows. */
interface Open {
  readonly kind: Kind;
  readonly node: ElementNode;
  rows: number;
}

/**
 * Shows Markdown while it is written. All blocks before the one that is being written have settled: they are not parsed and
 * not touched again. When the text is complete, all of it is parsed once more, because a definition at the end may change
 * a link at the beginning.
 */
export class Renderer {
  readonly #shown: MarkdownNode[] = [];
  readonly #notes: Notes;
  readonly #noteArea: NoteArea;
  readonly #outline = new Outline();
  /** The text in the pieces in which it arrived. Reading one growing string after each piece would copy it each time. */
  readonly #source: string[] = [];
  /** The part of the text that has not settled. */
  #unread = "";
  /** How many blocks have settled. */
  #settled = 0;
  #endsWithReturn = false;
  #references = noReferences();
  #open: Open | undefined;
  /** A head for the table that is being written, put before the unread text so that its rows are parsed as rows. */
  #head = "";
  #fence: OpenFence | undefined;
  readonly #formulas = new FormulaBudget();
  readonly #marks = new MarkLimit();
  #unreadThen = 0;
  #finished = false;
  #plain: Text | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly extras: Extras,
    scope: string,
  ) {
    this.#notes = new Notes(scope);
    this.#noteArea = new NoteArea(root, this.#notes);
  }

  add(text: string): void {
    const all = this.#endsWithReturn ? `\r${text}` : text;
    this.#endsWithReturn = all.endsWith("\r");
    const whole = this.#endsWithReturn ? all.slice(0, -1) : all;
    this.#append(this.#marks.take(whole.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd")));
  }

  #append(text: string): void {
    this.#source.push(text);
    this.#unread += text;
  }

  /** Shows the text that was added. Call it at most once per animation frame. */
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

  /** Call it when the text is complete. Parses all of it and replaces what turned out to be something else. */
  finish(): void {
    this.#finished = true;
    if (this.#endsWithReturn) this.#append("\n");
    this.#endsWithReturn = false;
    if (this.#plain) this.#clear();
    try {
      const tokens = parser.parse(this.#source.join(""), noReferences(), false);
      const defined = new Set(tokens.filter(({ type }) => type === "footnote_open").map(({ meta }) => String(meta?.["label"])));
      this.#notes.clear();
      const builder = new NodeBuilder(this.extras, this.#notes, new Outline(), new FormulaBudget(), defined);
      const { text, notes } = notesApart(tokens);
      this.#exchange(0, builder.build(text));
      this.#noteArea.finish(notes, builder);
    } catch {
      this.#showPlain();
    }
  }

  /** Replaces the blocks of the text from an index on. The notes stay below them. */
  #exchange(from: number, fresh: MarkdownNode[]): void {
    exchange(this.root, this.#shown, from, fresh, this.#noteArea.first);
  }

  #step(): void {
    if (this.#fence && !this.#readFence(this.#fence)) return;
    if (!this.#unread) return;
    const { text, isGuess } = readable(this.#head + this.#unread);
    const references = Object.create(this.#references) as References;
    const tokens = parser.parse(text, references, true);
    this.#notes.begin();
    const builder = new NodeBuilder(this.extras, this.#notes, this.#outline.copy(), this.#formulas);
    const blocks = blocksOf(tokens, builder);
    this.#noteArea.show(blocks, builder);
    this.#show(blocks);
    if (!isGuess && !tokens.some(({ type, meta }) => type === "math" && meta?.["open"])) this.#settle(text, blocks, references);
  }

  /** Returns true once the fence has closed. */
  #readFence(fence: OpenFence): boolean {
    const { end, closed } = fence.read(this.#unread);
    this.#unread = this.#unread.slice(end);
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
      for (const block of before) {
        if (isNote(block.tokens)) this.#noteArea.settle(block);
        else if (block.node) this.#settled++;
      }
      this.#open = undefined;
      this.#head = "";
      for (const { tokens } of before) this.#keep(tokens, references);
    }
    if (last === blocks.length - 1 && block.node) {
      const end = this.#settleRows(block, lines, references) ?? this.#enterFence(block, lines);
      if (end !== undefined) settled = lines.start(end) - head;
    }
    this.#unread = this.#unread.slice(settled);
    if (this.#fence) this.#readFence(this.#fence);
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
    if (settled <= 0 || (kind === "table" && columns(block) > widestSettled)) return;
    const end = kind === "list" ? starts[settled]! : starts[settled - 1]! + 1;
    this.#keep(
      block.tokens.filter(({ map }) => map && map[0] < end),
      references,
    );
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
    for (const { type, tag, meta } of tokens) {
      if (type === "heading_open") this.#outline.next(Number(tag[1]));
      const label = type === "reference_definition" ? String(meta?.["label"]) : undefined;
      if (label !== undefined) this.#references[label] ??= references[label]!;
    }
  }

  #clear(): void {
    this.#plain = undefined;
    this.#shown.length = 0;
    this.#noteArea.clear();
    this.root.replaceChildren();
  }

  /** Shows the text as it was written, because the parser failed. */
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

/** A head with the columns of the table and empty cells: the real head has been parsed already. */
const emptyHead = (cells: number, underline: string) =>
  `${"|".repeat(cells + 1)}\n${underline.trim().replace(/^\|?/, "|").replace(/-+/g, "-")}\n`;

const columns = ({ tokens }: Block) => tokens.filter(({ type }) => type === "th_open").length;
