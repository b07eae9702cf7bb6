import hljs from "highlight.js/lib/common";
import type { Line } from "./extras";

interface Scope {
  scope?: string;
  children: (Scope | string)[];
}

type Part = Line[number];

/** The colours of the page, and what the highlighter finds that has them. */
const colours = new Map(
  Object.entries({
    word: "keyword selector doctag section",
    name: "title name attr attribute property variable template",
    text: "string regexp addition char link",
    number: "number literal symbol bullet meta type built deletion",
    note: "comment quote",
    // Code within a text.
    "": "subst",
  }).flatMap(([colour, kinds]) => kinds.split(" ").map((kind) => [kind, colour] as const)),
);

/**
 * Colours code, line by line; undefined if the language is unknown. The highlighter's markup is never used, so no text becomes
 * HTML.
 */
export function highlighted(code: string, language: string): Line[] | undefined {
  if (!hljs.getLanguage(language)) return;
  const { _emitter: emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  const parts = partsOf((emitter as unknown as { rootNode: Scope }).rootNode);
  const isWhole = parts.reduce((length, part) => length + textOf(part).length, 0) === code.length;
  // A fault of the highlighter may lose text.
  return linesOf(isWhole ? parts : [code]);
}

const textOf = (part: Part) => (typeof part === "string" ? part : part[1]);

/** Each text with the colour of the innermost scope that has one. Scopes may nest without end, so none is entered by a call. */
function partsOf(root: Scope): Part[] {
  const parts: Part[] = [];
  const open: { scope: Scope; colour: string; at: number }[] = [{ scope: root, colour: "", at: 0 }];
  for (let inner = open.at(-1); inner; inner = open.at(-1)) {
    const child = inner.scope.children[inner.at++];
    if (child === undefined) open.pop();
    else if (typeof child === "string") parts.push(inner.colour ? [inner.colour, child] : child);
    else {
      const kind = /^[a-z]+/.exec(child.scope ?? "")?.[0] ?? "";
      open.push({ scope: child, colour: kind === "language" ? "" : (colours.get(kind) ?? inner.colour), at: 0 });
    }
  }
  return parts;
}

function linesOf(parts: Part[]): Line[] {
  const lines: Part[][] = [[]];
  for (const part of parts) {
    const colour = typeof part === "string" ? "" : part[0];
    for (const text of textOf(part).split(/(?<=\n)/)) {
      if (lines.at(-1)!.length > 0 && textOf(lines.at(-1)!.at(-1)!).endsWith("\n")) lines.push([]);
      add(lines.at(-1)!, colour, text);
    }
  }
  return lines.filter((line) => line.length > 0);
}

/** Adds text to a line. Texts of one colour that follow each other are one. */
function add(line: Part[], colour: string, text: string): void {
  if (!text) return;
  const last = line.at(-1);
  if (last !== undefined && (typeof last === "string" ? "" : last[0]) === colour) {
    line.pop();
    text = textOf(last) + text;
  }
  line.push(colour ? [colour, text] : text);
}
