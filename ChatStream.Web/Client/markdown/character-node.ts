import type { Extras } from "./extras";
import type { MarkdownNode } from "./node";

/** A named character. Its name is shown until the table of names is loaded, and stays if there is no such character. */
export class CharacterNode implements MarkdownNode {
  #dom: Text | undefined;

  constructor(
    private readonly reference: string,
    private readonly extras: Extras,
  ) {}

  get dom(): Text {
    return this.#dom!;
  }

  create(): Text {
    const dom = (this.#dom = document.createTextNode(this.reference));
    this.extras.characters.use((characterOf) => void (dom.data = characterOf(this.reference) ?? this.reference));
    return dom;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof CharacterNode) || old.reference !== this.reference) return false;
    this.#dom = old.dom;
    return true;
  }
}
