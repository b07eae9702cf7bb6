import type { Extras } from "./extras";
import type { FormulaBudget } from "./formula";
import type { MarkdownNode } from "./node";

/** A formula on the page. `over`: the answer has too many. */
interface MathView {
  readonly element: HTMLElement;
  budget: FormulaBudget;
  state: "source" | "shown" | "over";
  elements: number;
}

/** A formula. Its source is shown until it is complete and the typesetter is loaded. */
export class MathNode implements MarkdownNode {
  #view: MathView | undefined;

  constructor(
    readonly source: string,
    private readonly display: boolean,
    private readonly open: boolean,
    private readonly extras: Extras,
    private readonly budget: FormulaBudget,
  ) {}

  get dom(): HTMLElement {
    return this.#view!.element;
  }

  create(): HTMLElement {
    const element = document.createElement("span");
    element.className = this.display ? "math display" : "math";
    element.dir = "ltr";
    if (this.display) element.tabIndex = 0;
    element.textContent = this.source;
    this.#view = { element, budget: this.budget, state: "source", elements: 0 };
    this.#typeset();
    return element;
  }

  adopt(old: MarkdownNode): boolean {
    if (!(old instanceof MathNode) || old.display !== this.display) return false;
    const same = old.source === this.source;
    if (!same && !old.open) return false;
    const view = (this.#view = old.#view!);
    if (!same) view.element.textContent = this.source;
    const isCountedAnew = view.budget !== this.budget;
    view.budget = this.budget;
    if (isCountedAnew && view.state === "shown") this.budget.spend(view.elements);
    if ((old.open && !this.open) || (isCountedAnew && view.state === "over")) this.#typeset();
    return true;
  }

  #typeset(): void {
    if (this.open) return;
    const view = this.#view!;
    this.extras.typesetter.use((typeset) => {
      this.extras.turns.run(() => {
        if (!view.budget.isLeft) return void (view.state = "over");
        view.elements = typeset(view.element, this.source, this.display);
        if (view.elements === 0) return;
        view.state = "shown";
        view.budget.spend(view.elements);
      });
    });
  }
}
