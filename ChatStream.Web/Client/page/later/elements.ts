import { closeBeside } from "./beside";
import { find, hasWord, number, word } from "./given";

type Children = (Node | string)[];

/** Makes an element. What is given of its text is text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> & { data?: Record<string, string> } = {},
  ...children: Children
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  const { data, ...others } = properties;
  Object.assign(made, others);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** An icon of the page. */
export function icon(name: string): Node {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.ariaHidden = "true";
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button with words, or with an icon that the words name. */
export function button(words: string, act: () => void, className = "quiet", iconName?: string): HTMLButtonElement {
  const made = element("button", { type: "button", className });
  if (iconName) {
    made.title = words;
    made.append(icon(iconName), element("span", { className: "visually-hidden" }, words));
  } else made.append(words);
  made.addEventListener("click", act);
  return made;
}

/** Shows a sheet above the page until it is closed. Escape and a click beside it close it. */
export function sheet(title: string, close: string, ...children: Children): HTMLDialogElement {
  addStyle();
  const heading = element("h2", { id: "sheet-title" }, title);
  const dialog = element("dialog", { className: "library-sheet" });
  const head = element("div", { className: "sheet-head" }, heading);
  head.append(button(close, () => dialog.close(), "quiet round", "close"));
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(head, ...children);
  closeBeside(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The words for a refusal, from those of the page or of this script. */
export function refusalOf(code: string | undefined, numbers: number[] | undefined, otherwise: string): string {
  const key = `refused.${code}`;
  return code && hasWord(key) ? word(key, ...(numbers ?? []).map(number)) : otherwise;
}

/** Adds the style of folders, selections and sheets to the page, once. */
export function addStyle(): void {
  if (document.head.querySelector("link[href*='/library.']")) return;
  const { content } = find<HTMLTemplateElement>(document, "template#library-style");
  document.head.append(content.cloneNode(true));
}
