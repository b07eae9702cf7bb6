import hljs from "highlight.js/lib/common";
import type { Colored } from "./extras";

/** Elements that nest deeper than this crash a browser sooner or later, and no code has them. */
const deepest = 60;

interface Scope {
  scope?: string;
  children: (Scope | string)[];
}

/** Colours code; undefined if the language is unknown. The highlighter's markup is never used, so no text becomes HTML. */
export function highlighted(code: string, language: string): Colored[] | undefined {
  if (!hljs.getLanguage(language)) return;
  const { _emitter: emitter, illegal } = hljs.highlight(code, { language, ignoreIllegals: true });
  return illegal ? undefined : parts((emitter as unknown as { rootNode: Scope }).rootNode, 0);
}

/** Undefined if the parts nest too deep. */
function parts({ children }: Scope, depth: number): Colored[] | undefined {
  if (depth > deepest) return;
  const all: Colored[] = [];
  for (const child of children) {
    if (typeof child === "string") {
      all.push(child);
      continue;
    }
    const inner = parts(child, depth + 1);
    if (!inner) return;
    const kind = /^[a-z]+/.exec(child.scope ?? "")?.[0];
    if (!kind || kind === "language") all.push(...inner);
    else all.push({ kind, parts: inner });
  }
  return all;
}
