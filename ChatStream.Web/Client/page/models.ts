import { find } from "./dom";

/** What the server says about a model. Undefined: the server does not have it any more. */
function entryOf(name: string | undefined): HTMLElement | undefined {
  return entries().find(({ dataset }) => dataset["model"] === name);
}

function entries(): HTMLElement[] {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  return [...content.querySelectorAll<HTMLElement>("[data-model]")];
}

/** The model that the user chose last, in this tab or another. */
function lastChosen(): HTMLElement | undefined {
  const kept = /chatstream\.model=([^;]*)/.exec(document.cookie)?.[1];
  return entries().find(({ dataset }) => encodeURIComponent(dataset["model"]!) === kept);
}

/** How the page calls a model. One that the server does not have any more keeps its name. */
export const labelOf = (name: string) => entryOf(name)?.textContent ?? name;

/** True if only the server can say which deployment gave an answer of this model. */
export const hasSeveralDeployments = (name: string) => entryOf(name)?.dataset["several"] === "true";

/** What a model takes. */
export interface Taken {
  /** Weakest first. */
  efforts: string[];
  verbosity: boolean;
}

/** The picker of the model, with the description of the chosen one. */
export class ModelPicker {
  readonly #model: HTMLSelectElement | null;

  constructor(
    private readonly form: HTMLElement,
    onChange: () => void,
  ) {
    this.#model = form.querySelector("#model");
    this.#model?.addEventListener("change", () => {
      this.#describe();
      onChange();
    });
  }

  /** Undefined: there is only one. */
  get model(): string | undefined {
    return this.#model?.value;
  }

  /** What the chosen model takes. */
  get taken(): Taken {
    const { efforts, verbosity } = this.#entry?.dataset ?? {};
    return { efforts: efforts?.split(" ").filter(Boolean) ?? [], verbosity: verbosity === "true" };
  }

  /** Chooses what the server's page of another conversation has chosen, or for a new chat what the user chose last. */
  follow(page: Document | undefined): void {
    const chosen = page
      ? page.querySelector<HTMLSelectElement>("#model")?.value
      : (lastChosen() ?? entries()[0])?.dataset["model"];
    if (this.#model && chosen !== undefined) this.#model.value = chosen;
    this.#describe();
  }

  get #entry(): HTMLElement | undefined {
    return this.#model ? entryOf(this.#model.value) : entries()[0];
  }

  #describe(): void {
    const about = this.form.querySelector("#about-model");
    if (about) about.textContent = this.#entry?.dataset["about"] ?? "";
  }
}
