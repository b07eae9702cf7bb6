import type { Extras } from "./extras";
import type { MarkdownNode } from "./node";

/** A formula. Its source is shown until it is complete and the typesetter is loaded. */
export class MathNode implements MarkdownNode {
  #element: HTMLElement | undefined;

  constructor(
    private readonly source: string,
    private readonly display: boolean,
    private readonly open: boolean,
    private readonly extras: Extras,
  ) {}

  get dom(): HTMLElement {
    return this.#element!;
  }

  create(): HTMLElement {
    const element = document.createElement("span");
    element.className = this.display ? "math display" : "math";
    element.dir = "ltr";
    if (this.display) element.tabIndex = 0;
    element.textContent = this.source;
    this.#element = element;
    this.#typeset();
    return element;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof MathNode) || old.display !== this.display) return false;
    const same = old.source === this.source;
    if (!same && !old.open) return false;
    this.#element = old.#element!;
    if (!same) this.#element.textContent = this.source;
    if (old.open && !this.open) this.#typeset();
    return true;
  }

  #typeset(): void {
    if (this.open) return;
    const element = this.#element!;
    this.extras.typesetter.use((typeset) => {
      if (!typeset(element, this.source, this.display)) element.textContent = this.source;
    });
  }
}
