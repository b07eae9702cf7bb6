import hljs from "highlight.js/lib/common";
import type { Highlight } from "./extras";

interface Scope {
  scope?: string;
  children: (Scope | string)[];
}

/** Builds elements from the highlighter's tree. Its markup is never used, so no text becomes HTML. */
export const highlight: Highlight = (code, language) => {
  if (!hljs.getLanguage(language)) return;
  const { _emitter: emitter, illegal } = hljs.highlight(code, { language, ignoreIllegals: true });
  if (illegal) return;
  const fragment = document.createDocumentFragment();
  append(fragment, (emitter as unknown as { rootNode: Scope }).rootNode);
  return fragment;
};

function append(parent: Node, { children }: Scope): void {
  for (const child of children) {
    if (typeof child === "string") {
      parent.appendChild(document.createTextNode(child));
      continue;
    }
    const kind = /^[a-z]+/.exec(child.scope ?? "")?.[0];
    if (!kind || kind === "language") append(parent, child);
    else {
      const element = document.createElement("span");
      element.className = `hl-${kind}`;
      append(element, child);
      parent.appendChild(element);
    }
  }
}
