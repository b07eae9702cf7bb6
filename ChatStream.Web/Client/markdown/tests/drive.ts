import { characterOf } from "../characters";
import { type Extras, Lazy } from "../extras";
import { highlighted } from "../highlight";
import { Renderer } from "../renderer";
import { typeset } from "../typeset";

const words: Extras["words"] = (name, number = "") => `${name} ${number}`.trim();
const wraps = () => false;

/** As the page makes it of the server's markup, but without words. */
export function codeBar(language: string): HTMLElement {
  const [bar, label] = [document.createElement("div"), document.createElement("span")];
  bar.className = "code-bar";
  label.className = "code-language";
  label.textContent = language;
  bar.append(label);
  for (const action of ["wrap", "full", "save", "copy"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.dataset["code"] = action;
    bar.append(button);
  }
  return bar;
}

const highlight: Extras["highlight"] = ({ code, language }, show) => {
  const lines = highlighted(code, language);
  if (lines) show({ from: 0, lines });
};
const turns: Extras["turns"] = {
  run: (work) => {
    while (work());
  },
};

/** The lazily loaded libraries are there from the beginning. */
export const extras: Extras = {
  words,
  codeBar,
  wraps,
  turns,
  highlight,
  typesetter: ready(typeset),
  characters: ready(characterOf),
};

/** The highlighter and the typesetter never arrive. */
export const bare: Extras = {
  words,
  codeBar,
  wraps,
  turns,
  highlight: () => {},
  typesetter: new Lazy(() => new Promise(() => {})),
  characters: ready(characterOf),
};

function ready<T>(value: T): Lazy<T> {
  const lazy = { use: (then: (value: T) => void) => then(value) };
  return lazy as Lazy<T>;
}

export interface Shown {
  root: HTMLElement;
  renderer: Renderer;
}

export function begin(using: Extras = extras): Shown {
  const root = document.createElement("div");
  return { root, renderer: new Renderer(root, using, "t") };
}

export function stream(pieces: Iterable<string>, using?: Extras, afterFrame?: (root: HTMLElement) => void): HTMLElement {
  const { root, renderer } = begin(using);
  for (const piece of pieces) {
    renderer.add(piece);
    while (renderer.update()) afterFrame?.(root);
    afterFrame?.(root);
  }
  renderer.finish();
  // A frame that was requested earlier may come after the end.
  renderer.update();
  return root;
}

/** UTF-16 units, so that surrogate pairs are split too. */
export const units = (text: string) => text.split("");

export function shape(node: Node): string {
  if (node instanceof Text) return node.data ? JSON.stringify(node.data) : "";
  if (!(node instanceof Element)) return `?${node.nodeType}`;
  const attributes = [...node.attributes]
    .map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`)
    .sort()
    .join("");
  return `<${node.localName}${attributes}>${[...node.childNodes].map(shape).join("")}</>`;
}

export { numbers, split } from "./split";
