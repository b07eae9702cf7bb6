import hljs from "highlight.js/lib/common";
import type { Highlight } from "./extras";
import { mayHighlight } from "./highlightable";

/** Elements that nest deeper than this crash a browser sooner or later, and no code has them. */
const deepest = 60;

interface Scope {
  scope?: string;
  children: (Scope | string)[];
}

/** Builds elements from the highlighter's tree. Its markup is never used, so no text becomes HTML. */
export const highlight: Highlight = (code, language) => {
  const name = hljs.getLanguage(language)?.name;
  if (!name || !mayHighlight(code, name)) return;
  const { _emitter: emitter, illegal } = hljs.highlight(code, { language, ignoreIllegals: true });
  if (illegal) return;
  const fragment = document.createDocumentFragment();
  return append(fragment, (emitter as unknown as { rootNode: Scope }).rootNode, 0) ? fragment : undefined;
};

/** False if it nests too deep. */
function append(parent: Node, { children }: Scope, depth: number): boolean {
  if (depth > deepest) return false;
  for (const child of children) {
    if (typeof child === "string") {
      parent.appendChild(document.createTextNode(child));
      continue;
    }
    const kind = /^[a-z]+/.exec(child.scope ?? "")?.[0];
    let place = parent;
    if (kind && kind !== "language") {
      const element = document.createElement("span");
      element.className = `hl-${kind}`;
      place = parent.appendChild(element);
    }
    if (!append(place, child, depth + 1)) return false;
  }
  return true;
}
