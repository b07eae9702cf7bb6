import { CodePiece } from "./code-piece";
import type { Extras } from "./extras";
import { isSafe } from "./links";
import { MathPiece } from "./math-piece";
import type { Notes } from "./notes";
import type { Token } from "./parser";
import { ElementPiece, type Piece, TextPiece } from "./piece";

/** What may become an element, and as which: nothing else of a token does. */
const elements: Readonly<Record<string, string>> = {
  paragraph_open: "p",
  blockquote_open: "blockquote",
  list_item_open: "li",
  bullet_list_open: "ul",
  ordered_list_open: "ol",
  thead_open: "thead",
  tbody_open: "tbody",
  th_open: "th",
  td_open: "td",
  em_open: "em",
  strong_open: "strong",
  s_open: "s",
};

const none = {};
const auto = { dir: "auto" };

/** The pieces of a run of tokens. */
export class Pieces {
  #tokens: Token[] = [];
  #at = 0;
  #links = 0;

  /** `defined`: the notes that there are; while the text grows all that are named may come. */
  constructor(
    private readonly extras: Extras,
    private readonly notes: Notes,
    private readonly defined?: ReadonlySet<string>,
  ) {}

  of(tokens: Token[], isTop = false): Piece[] {
    const [outer, at] = [this.#tokens, this.#at];
    [this.#tokens, this.#at] = [tokens, 0];
    const pieces = this.#until(undefined, isTop);
    [this.#tokens, this.#at] = [outer, at];
    return pieces;
  }

  #until(close: string | undefined, isTop = false): Piece[] {
    const pieces: Piece[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++]!;
      if (token.type === close) break;
      this.#add(token, pieces, isTop);
    }
    return pieces;
  }

  #inside(open: Token): Piece[] {
    return this.#until(open.type.replace("_open", "_close"));
  }

  #add(token: Token, pieces: Piece[], isTop: boolean): void {
    const { extras } = this;
    const at = isTop ? auto : none;
    switch (token.type) {
      case "inline":
      case "long_inline":
        for (const piece of joined(this.of(token.children ?? []))) pieces.push(piece);
        return;
      case "text":
      case "text_special":
        if (token.content) pieces.push(new TextPiece(token.content));
        return;
      case "softbreak":
        return void pieces.push(new TextPiece("\n"));
      case "hardbreak":
        return void pieces.push(new ElementPiece("br", none, []));
      case "hr":
        return void pieces.push(new ElementPiece("hr", none, []));
      case "code_inline":
        return void pieces.push(new ElementPiece("code", none, [new TextPiece(token.content)]));
      case "fence":
        return void pieces.push(new CodePiece(token.info, token.content, !token.meta?.["open"], extras));
      case "code_block":
        return void pieces.push(new CodePiece("", token.content, false, extras));
      case "math":
      case "math_inline":
        return void pieces.push(
          new MathPiece(token.content, Boolean(token.meta?.["display"]), Boolean(token.meta?.["open"]), extras),
        );
      case "heading_open":
        return void pieces.push(new ElementPiece(/^h[1-6]$/.test(token.tag) ? token.tag : "h6", at, this.#inside(token)));
      case "bullet_list_open":
      case "ordered_list_open":
        return void pieces.push(this.#list(token, at));
      case "list_item_open":
        return void pieces.push(this.#item(token));
      case "table_open":
        return void pieces.push(
          new ElementPiece("div", { class: "table", tabindex: "0" }, [new ElementPiece("table", at, this.#inside(token))]),
        );
      case "tr_open":
        return void pieces.push(new ElementPiece("tr", none, withoutMissing(this.#inside(token))));
      case "th_open":
      case "td_open":
        return void pieces.push(this.#cell(token));
      case "link_open":
        return void pieces.push(this.#link(token));
      case "image":
        return void pieces.push(this.#image(token));
      case "footnote_reference":
        return void pieces.push(this.#reference(token));
      case "footnote_open":
        return void pieces.push(this.#note(token, at));
    }
    const tag = elements[token.type];
    if (tag) pieces.push(new ElementPiece(tag, at, this.#inside(token)));
  }

  /** Loose or tight is a class, so that an item that makes a list loose leaves the others as they are. */
  #list(token: Token, at: Readonly<Record<string, string>>): Piece {
    const start = token.attrGet("start");
    const tight = this.#isTight(token.level);
    const attributes = { ...at, ...(tight && { class: "tight" }), ...(start !== null && { start: String(start) }) };
    return new ElementPiece(token.type === "ordered_list_open" ? "ol" : "ul", attributes, this.#inside(token));
  }

  #isTight(level: number): boolean {
    for (let i = this.#at; i < this.#tokens.length && this.#tokens[i]!.level > level; i++) {
      const token = this.#tokens[i]!;
      if (token.level === level + 2 && token.type === "paragraph_open" && !token.hidden) return false;
    }
    return true;
  }

  #item(token: Token): Piece {
    const done = token.meta?.["done"];
    const children = this.#inside(token);
    if (done === undefined) return new ElementPiece("li", none, children);
    const mark = new ElementPiece("span", { class: "task-mark" }, [new TextPiece(done ? "☑" : "☐")]);
    const first = children[0];
    if (first instanceof ElementPiece) first.children.unshift(mark, new TextPiece(" "));
    return new ElementPiece("li", { class: "task" }, children);
  }

  /** Without a direction of its own: the browser would look through the whole table for the table's with each row. */
  #cell(token: Token): Piece {
    const align = /^text-align:(left|right|center)$/.exec(String(token.attrGet("style") ?? ""))?.[1];
    return new ElementPiece(token.type === "th_open" ? "th" : "td", align ? { class: align } : none, this.#inside(token));
  }

  #link(token: Token): Piece {
    this.#links++;
    const children = joined(this.#inside(token));
    this.#links--;
    return this.#anchor(String(token.attrGet("href") ?? ""), token, children);
  }

  /** Nothing is loaded: an image is a link to it. */
  #image(token: Token): Piece {
    const address = String(token.attrGet("src") ?? "");
    return this.#anchor(address, token, [new TextPiece(textOf(token.children ?? []) || address)]);
  }

  /** A link, unless it leads nowhere or stands in another one. */
  #anchor(address: string, token: Token, children: Piece[]): Piece {
    if (this.#links > 0 || !isSafe(address)) return new ElementPiece("span", none, children);
    const title = String(token.attrGet("title") ?? "");
    return new ElementPiece(
      "a",
      { href: address, ...(title && { title }), target: "_blank", rel: "noopener noreferrer" },
      children,
    );
  }

  #reference(token: Token): Piece {
    const label = String(token.meta?.["label"]);
    const { defined, notes } = this;
    if (defined && !defined.has(label)) return new TextPiece(token.content);
    const anchor = new ElementPiece("a", { href: `#${notes.id(label)}` }, [new TextPiece(String(notes.number(label)))]);
    return new ElementPiece("sup", { class: "note-number" }, [anchor]);
  }

  #note(token: Token, at: Readonly<Record<string, string>>): Piece {
    const label = String(token.meta?.["label"]);
    const { notes } = this;
    const number = new ElementPiece("span", { class: "note-number" }, [new TextPiece(`${notes.number(label)}.`)]);
    return new ElementPiece("div", { ...at, class: "note", id: notes.id(label) }, [number, ...this.#inside(token)]);
  }
}

/** The parser fills up a row that is too short; of a wide table that is more than anybody wrote. */
function withoutMissing(cells: Piece[]): Piece[] {
  const last = cells.findLastIndex((cell) => cell instanceof ElementPiece && cell.children.length > 0);
  return cells.slice(0, Math.max(1, last + 1));
}

const textOf = (tokens: Token[]): string =>
  tokens.map(({ type, content, children }) => (children ? textOf(children) : type.endsWith("break") ? "\n" : content)).join("");

/** One node where text follows on text. */
function joined(pieces: Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece instanceof TextPiece && last instanceof TextPiece) all[all.length - 1] = new TextPiece(last.text + piece.text);
    else all.push(piece);
  }
  return all;
}
