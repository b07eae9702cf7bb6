/** What the Markdown shows at one place of the DOM. A new one takes over the DOM node of an older one where it can. */
export interface MarkdownNode {
  readonly dom: Node;
  /** Creates the DOM node. */
  create(): Node;
  /** Takes over the DOM node of an older one and changes only what differs; false if it cannot. */
  adopt(old: MarkdownNode): boolean;
}

abstract class Shown<N extends Node> {
  #dom: N | undefined;

  get dom(): N {
    return this.#dom!;
  }

  create(): N {
    return (this.#dom = this.build());
  }

  protected take(dom: N): void {
    this.#dom = dom;
  }

  protected abstract build(): N;
}

export class TextNode extends Shown<Text> implements MarkdownNode {
  constructor(readonly text: string) {
    super();
  }

  protected build(): Text {
    return document.createTextNode(this.text);
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof TextNode)) return false;
    this.take(old.dom);
    if (this.text === old.text) return true;
    if (this.text.startsWith(old.text)) this.dom.appendData(this.text.slice(old.text.length));
    else this.dom.data = this.text;
    return true;
  }
}

export class ElementNode extends Shown<HTMLElement> implements MarkdownNode {
  constructor(
    readonly tag: string,
    public attributes: Readonly<Record<string, string>>,
    readonly children: MarkdownNode[],
  ) {
    super();
  }

  protected build(): HTMLElement {
    const element = document.createElement(this.tag);
    for (const name in this.attributes) element.setAttribute(name, this.attributes[name]!);
    for (const child of this.children) element.appendChild(child.create());
    return element;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof ElementNode) || old.tag !== this.tag) return false;
    this.take(old.dom);
    this.#setAttributes(old.attributes);
    const fresh = this.children.splice(0);
    this.children.push(...old.children);
    exchange(this.dom, this.children, 0, fresh);
    return true;
  }

  remove(attribute: string): void {
    const { [attribute]: removed, ...rest } = this.attributes;
    if (removed === undefined) return;
    this.attributes = rest;
    this.dom.removeAttribute(attribute);
  }

  #setAttributes(old: Readonly<Record<string, string>>): void {
    for (const name in old) if (!(name in this.attributes)) this.dom.removeAttribute(name);
    for (const name in this.attributes) {
      const value = this.attributes[name]!;
      if (old[name] !== value) this.dom.setAttribute(name, value);
    }
  }
}

/** Replaces what a parent shows, from an index to another one. `before`: what comes after all of it. */
export function exchange(
  parent: Node,
  shown: MarkdownNode[],
  from: number,
  fresh: MarkdownNode[],
  to: number = shown.length,
  before: Node | null = null,
): void {
  const after = shown[to]?.dom ?? before;
  fresh.forEach((node, i) => {
    const old = from + i < to ? shown[from + i] : undefined;
    if (!old) parent.insertBefore(node.create(), after);
    else if (!node.adopt(old)) parent.replaceChild(node.create(), old.dom);
  });
  for (let i = from + fresh.length; i < to; i++) parent.removeChild(shown[i]!.dom);
  const rest = shown.slice(to);
  shown.length = from;
  for (const node of fresh) shown.push(node);
  for (const node of rest) shown.push(node);
}
