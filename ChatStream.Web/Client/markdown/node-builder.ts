import { CodeNode } from "./code-node";
import type { Extras } from "./extras";
import type { FormulaBudget } from "./formula";
import { isSafe } from "./links";
import { MathNode } from "./math-node";
import { ElementNode, type MarkdownNode, TextNode } from "./node";
import type { Notes } from "./notes";
import type { Token } from "./parser";

/** Which token becomes which element. No other token becomes one by its own name. */
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

/** Builds the nodes that show a list of tokens. */
export class NodeBuilder {
  #tokens: Token[] = [];
  #at = 0;
  #links = 0;

  /** `defined`: the notes that the complete text has. Undefined while the text grows: any note may still come. */
  constructor(
    private readonly extras: Extras,
    private readonly notes: Notes,
    private readonly formulas: FormulaBudget,
    private readonly defined?: ReadonlySet<string>,
  ) {}

  build(tokens: Token[], isTop = false): MarkdownNode[] {
    const [outer, at] = [this.#tokens, this.#at];
    [this.#tokens, this.#at] = [tokens, 0];
    const nodes = this.#until(undefined, isTop);
    [this.#tokens, this.#at] = [outer, at];
    return nodes;
  }

  #until(close: string | undefined, isTop = false): MarkdownNode[] {
    const nodes: MarkdownNode[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++]!;
      if (token.type === close) break;
      this.#add(token, nodes, isTop);
    }
    return nodes;
  }

  #inside(open: Token): MarkdownNode[] {
    return this.#until(open.type.replace("_open", "_close"));
  }

  #add(token: Token, nodes: MarkdownNode[], isTop: boolean): void {
    const { extras } = this;
    const at = isTop ? auto : none;
    switch (token.type) {
      case "inline":
      case "long_inline":
        for (const node of joined(this.build(token.children ?? []))) nodes.push(node);
        return;
      case "text":
      case "text_special":
        if (token.content) nodes.push(new TextNode(token.content));
        return;
      case "softbreak":
        return void nodes.push(new TextNode("\n"));
      case "hardbreak":
        return void nodes.push(new ElementNode("br", none, []));
      case "hr":
        return void nodes.push(new ElementNode("hr", none, []));
      case "code_inline":
        return void nodes.push(new ElementNode("code", none, [new TextNode(token.content)]));
      case "fence":
        return void nodes.push(new CodeNode(token.info, token.content, !token.meta?.["open"], extras));
      case "code_block":
        return void nodes.push(new CodeNode("", token.content, false, extras));
      case "math":
      case "math_inline":
        return void nodes.push(this.#formula(token));
      case "heading_open":
        return void nodes.push(new ElementNode(/^h[1-6]$/.test(token.tag) ? token.tag : "h6", at, this.#inside(token)));
      case "bullet_list_open":
      case "ordered_list_open":
        return void nodes.push(this.#list(token, at));
      case "list_item_open":
        return void nodes.push(this.#item(token));
      case "table_open":
        return void nodes.push(
          new ElementNode("div", { class: "table", tabindex: "0" }, [new ElementNode("table", at, this.#inside(token))]),
        );
      case "tr_open":
        return void nodes.push(new ElementNode("tr", none, withoutMissing(this.#inside(token))));
      case "th_open":
      case "td_open":
        return void nodes.push(this.#cell(token));
      case "link_open":
        return void nodes.push(this.#link(token));
      case "image":
        return void nodes.push(this.#image(token));
      case "footnote_reference":
        return void nodes.push(this.#reference(token));
      case "footnote_open":
        return void nodes.push(this.#note(token, at));
    }
    const tag = elements[token.type];
    if (tag) nodes.push(new ElementNode(tag, at, this.#inside(token)));
  }

  #formula({ content, meta }: Token): MarkdownNode {
    return new MathNode(content, Boolean(meta?.["display"]), Boolean(meta?.["open"]), this.extras, this.formulas);
  }

  /** A class tells loose from tight, so that an item that makes the list loose leaves the other items unchanged. */
  #list(token: Token, at: Readonly<Record<string, string>>): MarkdownNode {
    const start = token.attrGet("start");
    const tight = this.#isTight(token.level);
    const attributes = { ...at, ...(tight && { class: "tight" }), ...(start !== null && { start: String(start) }) };
    return new ElementNode(token.type === "ordered_list_open" ? "ol" : "ul", attributes, this.#inside(token));
  }

  #isTight(level: number): boolean {
    for (let i = this.#at; i < this.#tokens.length && this.#tokens[i]!.level > level; i++) {
      const token = this.#tokens[i]!;
      if (token.level === level + 2 && token.type === "paragraph_open" && !token.hidden) return false;
    }
    return true;
  }

  #item(token: Token): MarkdownNode {
    const done = token.meta?.["done"];
    const children = this.#inside(token);
    if (done === undefined) return new ElementNode("li", none, children);
    const mark = new ElementNode("span", { class: "task-mark" }, [new TextNode(done ? "☑" : "☐")]);
    const first = children[0];
    if (first instanceof ElementNode) first.children.unshift(mark, new TextNode(" "));
    return new ElementNode("li", { class: "task" }, children);
  }

  /** A cell has no direction of its own: with one, the browser would search the whole table again for each row. */
  #cell(token: Token): MarkdownNode {
    const align = /^text-align:(left|right|center)$/.exec(String(token.attrGet("style") ?? ""))?.[1];
    return new ElementNode(token.type === "th_open" ? "th" : "td", align ? { class: align } : none, this.#inside(token));
  }

  #link(token: Token): MarkdownNode {
    this.#links++;
    const children = joined(this.#inside(token));
    this.#links--;
    return this.#anchor(String(token.attrGet("href") ?? ""), token, children);
  }

  /** An image is a link to it: the page loads nothing from other sites. */
  #image(token: Token): MarkdownNode {
    const address = String(token.attrGet("src") ?? "");
    return this.#anchor(address, token, [new TextNode(textOf(token.children ?? []) || address)]);
  }

  /** A link; plain text if the address is not safe, or within another link. */
  #anchor(address: string, token: Token, children: MarkdownNode[]): MarkdownNode {
    if (this.#links > 0 || !isSafe(address)) return new ElementNode("span", none, children);
    const title = String(token.attrGet("title") ?? "");
    return new ElementNode(
      "a",
      { href: address, ...(title && { title }), target: "_blank", rel: "noopener noreferrer" },
      children,
    );
  }

  #reference(token: Token): MarkdownNode {
    const label = String(token.meta?.["label"]);
    const { defined, notes } = this;
    if (defined && !defined.has(label)) return new TextNode(token.content);
    const anchor = new ElementNode("a", { href: `#${notes.id(label)}` }, [new TextNode(String(notes.number(label)))]);
    return new ElementNode("sup", { class: "note-number" }, [anchor]);
  }

  #note(token: Token, at: Readonly<Record<string, string>>): MarkdownNode {
    const label = String(token.meta?.["label"]);
    const { notes } = this;
    const number = new ElementNode("span", { class: "note-number" }, [new TextNode(`${notes.number(label)}.`)]);
    return new ElementNode("div", { ...at, class: "note", id: notes.id(label) }, [number, ...this.#inside(token)]);
  }
}

/** Drops the empty cells at the end of a row: the parser adds them to a short row, which is costly in a wide table. */
function withoutMissing(cells: MarkdownNode[]): MarkdownNode[] {
  const last = cells.findLastIndex((cell) => cell instanceof ElementNode && cell.children.length > 0);
  return cells.slice(0, Math.max(1, last + 1));
}

const textOf = (tokens: Token[]): string =>
  tokens.map(({ type, content, children }) => (children ? textOf(children) : type.endsWith("break") ? "\n" : content)).join("");

/** Joins text nodes that follow each other into one. */
function joined(nodes: MarkdownNode[]): MarkdownNode[] {
  const all: MarkdownNode[] = [];
  for (const node of nodes) {
    const last = all.at(-1);
    if (node instanceof TextNode && last instanceof TextNode) all[all.length - 1] = new TextNode(last.text + node.text);
    else all.push(node);
  }
  return all;
}
