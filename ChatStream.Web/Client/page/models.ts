import { find } from "./dom";
import { hasWord, word } from "./words";

/** What the server says about a model. Undefined: the server does not have it any more. */
function entryOf(name: string | undefined): HTMLElement | undefined {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  return [...content.querySelectorAll<HTMLElement>("[data-model]")].find(({ dataset }) => dataset["model"] === name);
}

/** How the page calls a model. One that the server does not have any more keeps its name. */
export const labelOf = (name: string) => entryOf(name)?.textContent ?? name;

/** True if only the server can say which deployment gave an answer of this model. */
export const hasSeveralDeployments = (name: string) => entryOf(name)?.dataset["several"] === "true";

/** The picker of the model, with the description of the chosen one, and the picker of the effort. */
export class ModelPicker {
  readonly #model: HTMLSelectElement | null;
  readonly #effort: HTMLSelectElement | null;

  constructor(private readonly form: HTMLElement) {
    this.#model = form.querySelector("#model");
    this.#effort = form.querySelector("#effort");
    this.#model?.addEventListener("change", () => this.#describe(this.effort));
  }

  /** Undefined: there is only one. */
  get model(): string | undefined {
    return this.#model?.value;
  }

  /** Undefined: what the model does by itself. */
  get effort(): string | undefined {
    return (!this.#effort?.disabled && this.#effort?.value) || undefined;
  }

  /** Chooses what the server's page of another conversation has chosen. */
  follow(page: Document | undefined): void {
    const chosen = page?.querySelector<HTMLSelectElement>("#model")?.value;
    if (this.#model && chosen !== undefined) this.#model.value = chosen;
    this.#describe(page?.querySelector<HTMLSelectElement>("#effort")?.value);
  }

  /** Shows what fits the chosen model. @param effort Stays chosen if the model takes it. */
  #describe(effort: string | undefined): void {
    const entry = this.#model ? entryOf(this.#model.value) : firstModel();
    const about = this.form.querySelector("#about-model");
    if (about) about.textContent = entry?.dataset["about"] ?? "";
    if (!this.#effort) return;
    const efforts = entry?.dataset["efforts"]?.split(" ").filter(Boolean) ?? [];
    this.#effort.replaceChildren(...["", ...efforts].map(effortOption));
    this.#effort.value = effort && efforts.includes(effort) ? effort : "";
    this.#effort.hidden = efforts.length === 0;
    this.#effort.disabled = this.#effort.hidden;
  }
}

function firstModel(): HTMLElement | undefined {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  return content.querySelector<HTMLElement>("[data-model]") ?? undefined;
}

function effortOption(effort: string): HTMLOptionElement {
  const key = `script.effort.${effort || "default"}`;
  return new Option(word("script.effort", hasWord(key) ? word(key) : effort), effort);
}
