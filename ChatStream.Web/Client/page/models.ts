import { find } from "./dom";

/** How the page calls a model. One that the server does not have any more keeps its name. */
export function labelOf(name: string): string {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  const entry = [...content.querySelectorAll<HTMLElement>("[data-model]")].find(({ dataset }) => dataset["model"] === name);
  return entry?.textContent ?? name;
}
