import { CharacterNode } from "./character-node";
import { CodeNode } from "./code-node";
import { directionOf } from "./direction";
import type { Extras } from "./extras";
import type { FormulaBudget } from "./formula";
import { isSafe } from "./links";
import { MathNode } from "./math-node";
import { ElementNode, type MarkdownNode, TextNode } from "./node";
import type { Notes } from "./notes";
import type { Outline } from "./outline";
import type { Token } from "./parser";
import { otherHost } from "./target";

/** Which token becomes which element. No other token becomes one by its own name. */
const elements: Readonly<Record<string, string>> = {
  thead_open: "thead",
  tbody_open: "tbody",
  tr_open: "tr",
  em_open: "em",
  strong_open: "strong",
  s_open: "s",
};

/** Like `[^a-z]` in a regular expression. Such a label is a reference only if the complete text defines it. */
const charactersOf = /^(?:\p{L}-\p{L}|\d-\d)/u;

/** A name before the host may look like another host. */
const withName = /^\w+:\/\/[^/?#]*@/;

const none = {};
const auto = { dir: "auto" };
const ltr = { dir: "ltr" };

/** What does not decide the direction of the text around it. */
const directions: Readonly<Record<string, Readonly<Record<string, string>>>> = { code: ltr, kbd: auto };

/** Builds the nodes that show a list of tokens. */
export class NodeBuilder {
  #tokens: Token[] = [];
  #at = 0;
  #links = 0;

  /** `defined`: the notes that the complete text has. Undefined while the text grows: any note may still come. */
  constructor(
    private readonly extras: Extras,
    private readonly notes: Notes,
    private readonly outline: Outline,
    private readonly formulas: FormulaBudget,
    private readonly defined?: ReadonlySet<string>,
  ) {}

  build(tokens: Token[]): MarkdownNode[] {
    const [outer, at] = [this.#tokens, this.#at];
    [this.#tokens, this.#at] = [tokens, 0];
    const nodes = this.#until(undefined);
    [this.#tokens, this.#at] = [outer, at];
    return nodes;
  }

  #until(close: string | undefined): MarkdownNode[] {
    const nodes: MarkdownNode[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++]!;
      if (token.type === close) break;
      this.#add(token, nodes);
    }
    return nodes;
  }

  #inside(open: Token): MarkdownNode[] {
    return this.#until(open.type.replace("_open", "_close"));
  }

  #add(token: Token, nodes: MarkdownNode[]): void {
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
      case "hardbreak":
        // The line end is for what reads the text of the page, and is not seen.
        return void nodes.push(new ElementNode("br", none, []), new TextNode("\n"));
      default: {
        const node = this.#node(token);
        if (node) nodes.push(node);
      }
    }
  }

  #node(token: Token): MarkdownNode | undefined {
    switch (token.type) {
      case "hr":
        return new ElementNode("hr", none, []);
      case "character":
        return new CharacterNode(token.content, this.extras);
      case "code_inline":
        return new ElementNode("code", ltr, [new TextNode(token.content)]);
      case "fence":
        return new CodeNode(token.info, token.content, !token.meta?.["open"], this.extras);
      case "code_block":
        return new CodeNode("", token.content, false, this.extras);
      case "math":
      case "math_inline":
        return this.#formula(token);
      case "paragraph_open":
      case "summary_open":
        return new ElementNode("p", auto, this.#inside(token));
      case "heading_open":
        return new ElementNode(this.outline.next(Number(token.tag[1])), auto, this.#inside(token));
      case "blockquote_open":
        return new ElementNode("blockquote", this.#direction(), this.#inside(token));
      case "details_open":
        return this.#details(token);
      case "bullet_list_open":
      case "ordered_list_open":
        return this.#list(token);
      case "list_item_open":
        return this.#item(token);
      case "table_open":
        return new ElementNode("div", { class: "table", tabindex: "0" }, [
          new ElementNode("table", this.#direction(), this.#inside(token)),
        ]);
      case "th_open":
      case "td_open":
        return this.#cell(token);
      case "tag_open":
        return new ElementNode(token.tag, directions[token.tag] ?? none, joined(this.#inside(token)));
      case "link_open":
        return this.#link(token);
      case "image":
        return this.#image(token);
      case "footnote_reference":
        return this.#reference(token);
      case "footnote_open":
        return this.#note(token);
    }
    const tag = elements[token.type];
    return tag ? new ElementNode(tag, none, joined(this.#inside(token))) : undefined;
  }

  /** The direction of the block whose opening token was read last. */
  #direction(): Readonly<Record<string, string>> {
    const dir = directionOf(this.#tokens, this.#at);
    return dir ? { dir } : none;
  }

  #formula({ content, meta }: Token): MarkdownNode {
    return new MathNode(content, Boolean(meta?.["display"]), Boolean(meta?.["open"]), this.extras, this.formulas);
  }

  /** A class tells loose from tight, so that an item that makes the list loose leaves the other items unchanged. */
  #list(token: Token): MarkdownNode {
    const start = token.attrGet("start");
    const tight = this.#isTight(token.level);
    const attributes = {
      ...this.#direction(),
      ...(tight && { class: "tight" }),
      ...(start !== null && { start: String(start) }),
    };
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
    const direction = this.#direction();
    const children = this.#inside(token);
    if (done === undefined) return new ElementNode("li", direction, children);
    const label = this.extras.words(done ? "task-done" : "task-open");
    const mark = new ElementNode("span", { "class": "task-mark", "role": "img", "aria-label": label }, [
      new TextNode(done ? "☑" : "☐"),
    ]);
    const first = children[0];
    if (first instanceof ElementNode) first.children.unshift(mark, new TextNode(" "));
    return new ElementNode("li", { ...direction, class: "task" }, children);
  }

  /** A summary comes first. Elsewhere it is a paragraph. */
  #details(token: Token): MarkdownNode {
    const direction = this.#direction();
    const first = this.#tokens[this.#at]!;
    const summary: MarkdownNode[] = [];
    if (first.type === "summary_open") {
      this.#at++;
      summary.push(new ElementNode("summary", auto, this.#inside(first)));
    }
    return new ElementNode("details", direction, [...summary, ...this.#inside(token)]);
  }

  #cell(token: Token): MarkdownNode {
    const align = token.meta?.["align"];
    const attributes = align ? { ...auto, class: String(align) } : auto;
    return new ElementNode(token.type === "th_open" ? "th" : "td", attributes, this.#inside(token));
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

  /** A link; plain text if the address is not safe, or within another link. If its text names another host, it says so. */
  #anchor(address: string, token: Token, children: MarkdownNode[]): MarkdownNode {
    if (this.#links > 0 || !isSafe(address)) return new ElementNode("span", none, children);
    const title = String(token.attrGet("title") ?? "");
    const isItsOwn = token.info === "auto" && !withName.test(address);
    const host = isItsOwn ? undefined : otherHost(children.map(plainText).join(""), address);
    if (host) children.push(new TextNode(" "), new ElementNode("span", ltr, [new TextNode(`(${host})`)]));
    return new ElementNode(
      "a",
      { href: address, ...(title && { title }), ...(token.info === "auto" && ltr), target: "_blank", rel: "noopener noreferrer" },
      children,
    );
  }

  #reference(token: Token): MarkdownNode {
    const label = String(token.meta?.["label"]);
    const { defined, notes } = this;
    if (defined ? !defined.has(label) : charactersOf.test(label)) return new TextNode(token.content);
    const id = notes.refer(label);
    const number = String(notes.number(label));
    const attributes = { "href": `#${notes.id(label)}`, "aria-label": this.extras.words("note", number), ...(id && { id }) };
    const anchor = new ElementNode("a", attributes, [new TextNode(number)]);
    return new ElementNode("sup", { class: "note-number" }, [anchor]);
  }

  /** A note with a link back to its first reference. One without a reference, or a second one of a label, is not shown. */
  #note(token: Token): MarkdownNode | undefined {
    const label = String(token.meta?.["label"]);
    const { notes } = this;
    const direction = this.#direction();
    const children = this.#inside(token);
    if (!notes.claim(label)) return;
    const number = String(notes.number(label));
    const spoken = this.extras.words("back-to-reference", number);
    const back = new ElementNode("a", { "href": `#${notes.referenceId(label)}`, "aria-label": spoken }, [new TextNode("↩")]);
    const last = children.at(-1);
    if (last instanceof ElementNode && last.tag === "p") last.children.push(new TextNode(" "), back);
    else children.push(new ElementNode("p", auto, [back]));
    const before = new ElementNode("span", { class: "note-number" }, [new TextNode(`${number}.`)]);
    return new ElementNode("div", { ...direction, class: "note", id: notes.id(label) }, [before, ...children]);
  }
}

const commands = /\\[a-z]+|[{}\s]/gi;

/** What a node shows, for a look at the names of hosts in it. A named character may be a dot. */
function plainText(node: MarkdownNode): string {
  if (node instanceof TextNode) return node.text;
  if (node instanceof MathNode) return node.source.replace(commands, "");
  if (node instanceof CharacterNode) return ".";
  return node instanceof ElementNode ? node.children.map(plainText).join("") : "";
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
