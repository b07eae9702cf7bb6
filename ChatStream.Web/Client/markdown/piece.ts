/** A part of what is to be shown. It takes over the nodes of an older one where it can, and changes in them what differs. */
export interface Piece {
  readonly node: Node;
  create(): Node;
  /** Whether it took over the older one's nodes. */
  adopt(old: Piece): boolean;
}

abstract class Shown<N extends Node> {
  #node: N | undefined;

  get node(): N {
    return this.#node!;
  }

  create(): N {
    return (this.#node = this.build());
  }

  protected take(node: N): void {
    this.#node = node;
  }

  protected abstract build(): N;
}

export class TextPiece extends Shown<Text> implements Piece {
  constructor(readonly text: string) {
    super();
  }

  protected build(): Text {
    return document.createTextNode(this.text);
  }

  adopt(old: Piece): boolean {
    if (!(old instanceof TextPiece)) return false;
    this.take(old.node);
    if (this.text === old.text) return true;
    if (this.text.startsWith(old.text)) this.node.appendData(this.text.slice(old.text.length));
    else this.node.data = this.text;
    return true;
  }
}

export class ElementPiece extends Shown<HTMLElement> implements Piece {
  constructor(
    readonly tag: string,
    public attributes: Readonly<Record<string, string>>,
    readonly children: Piece[],
  ) {
    super();
  }

  protected build(): HTMLElement {
    const element = document.createElement(this.tag);
    for (const name in this.attributes) element.setAttribute(name, this.attributes[name]!);
    for (const child of this.children) element.appendChild(child.create());
    return element;
  }

  adopt(old: Piece): boolean {
    if (!(old instanceof ElementPiece) || old.tag !== this.tag) return false;
    this.take(old.node);
    this.#setAttributes(old.attributes);
    const fresh = this.children.splice(0);
    this.children.push(...old.children);
    exchange(this.node, this.children, 0, fresh);
    return true;
  }

  remove(attribute: string): void {
    const { [attribute]: removed, ...rest } = this.attributes;
    if (removed === undefined) return;
    this.attributes = rest;
    this.node.removeAttribute(attribute);
  }

  #setAttributes(old: Readonly<Record<string, string>>): void {
    for (const name in old) if (!(name in this.attributes)) this.node.removeAttribute(name);
    for (const name in this.attributes) {
      const value = this.attributes[name]!;
      if (old[name] !== value) this.node.setAttribute(name, value);
    }
  }
}

/** Replaces what a parent shows from an index on. */
export function exchange(parent: Node, shown: Piece[], from: number, fresh: Piece[]): void {
  const [end, total] = [from + fresh.length, shown.length];
  fresh.forEach((piece, i) => {
    const old = shown[from + i];
    if (!old) parent.appendChild(piece.create());
    else if (!piece.adopt(old)) parent.replaceChild(piece.create(), old.node);
    shown[from + i] = piece;
  });
  for (let i = end; i < total; i++) parent.removeChild(shown[i]!.node);
  shown.length = end;
}
