/** A document without a browser that counts the nodes that are made. It knows what the renderer uses of a document. */
export const made = { nodes: 0 };

class CountedNode {
  parent: CountedElement | undefined;

  constructor() {
    made.nodes++;
  }

  get parentElement(): CountedElement | null {
    return this.parent ?? null;
  }

  remove(): void {
    this.parent?.removeChild(this);
  }

  replaceWith(node: CountedNode): void {
    this.parent?.replaceChild(node, this);
  }

  after(node: CountedNode): void {
    const { children } = this.parent!;
    this.parent!.insertBefore(node, children[children.indexOf(this) + 1] ?? null);
  }
}

class CountedText extends CountedNode {
  constructor(public data: string) {
    super();
  }

  get length(): number {
    return this.data.length;
  }

  appendData(text: string): void {
    this.data += text;
  }

  deleteData(from: number, length: number): void {
    this.data = this.data.slice(0, from) + this.data.slice(from + length);
  }

  get textContent(): string {
    return this.data;
  }
}

class CountedElement extends CountedNode {
  readonly children: CountedNode[] = [];
  readonly dataset: Record<string, string> = {};
  readonly style = { setProperty: () => {} };
  readonly classList = { toggle: () => {} };

  constructor(readonly localName: string) {
    super();
  }

  readonly attributes = new Map<string, string>();

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  get firstChild(): CountedNode | null {
    return this.children[0] ?? null;
  }

  get textContent(): string {
    return this.children.map((child) => (child as CountedElement).textContent).join("");
  }

  set textContent(text: string) {
    this.replaceChildren(new CountedText(text));
  }

  append(...nodes: CountedNode[]): void {
    for (const node of nodes) this.appendChild(node);
  }

  appendChild<Node extends CountedNode>(node: Node): Node {
    this.insertBefore(node, null);
    return node;
  }

  insertBefore(node: CountedNode, next: CountedNode | null): void {
    node.remove();
    node.parent = this;
    if (next) this.children.splice(this.#indexOf(next), 0, node);
    else this.children.push(node);
  }

  replaceChild(node: CountedNode, old: CountedNode): void {
    node.remove();
    this.children[this.#indexOf(old)] = node;
    node.parent = this;
    old.parent = undefined;
  }

  removeChild(node: CountedNode): void {
    this.children.splice(this.#indexOf(node), 1);
    node.parent = undefined;
  }

  replaceChildren(...nodes: CountedNode[]): void {
    for (const child of this.children.splice(0)) child.parent = undefined;
    this.append(...nodes);
  }

  /** Most changes are at the end. */
  #indexOf(node: CountedNode): number {
    const at = this.children.lastIndexOf(node);
    if (at < 0) throw new Error("It is not a child");
    return at;
  }
}

export function useCountedDocument(): void {
  Object.assign(globalThis, {
    document: {
      createElement: (name: string) => new CountedElement(name),
      createTextNode: (text: string) => new CountedText(text),
      createDocumentFragment: () => new CountedElement("#fragment"),
    },
  });
}

/** The elements and the text of a node. */
export function shapeOf(node: Node): string {
  if (!(node instanceof CountedElement)) return node.textContent!;
  const attributes = [...node.attributes]
    .map(([name, value]) => ` ${name}="${value}"`)
    .sort()
    .join("");
  return `<${node.localName}${attributes}>${node.children.map((child) => shapeOf(child as unknown as Node)).join("")}</>`;
}

/** How many elements stand within each other. */
export function depthOf(root: Node): number {
  let depth = 0;
  for (let level = [root as unknown as CountedElement]; level.length > 0; depth++)
    level = level.flatMap(({ children }) => children.filter((child) => child instanceof CountedElement));
  return depth;
}
