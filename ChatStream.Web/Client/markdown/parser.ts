import MarkdownIt from "markdown-it";
import { addresses } from "./addresses";
import { characters } from "./character-rule";
import { comments } from "./comments";
import { details } from "./details";
import { fences } from "./fence-rule";
import { flanking } from "./flanking";
import { footnotes } from "./footnotes";
import { growing } from "./growing";
import { inlineTags } from "./inline-tags";
import { math } from "./math";
import type { Token } from "./rules";
import { strike } from "./strike";
import { tables } from "./table";
import { tasks } from "./tasks";

export type { Token };
export type References = Record<string, { title: string; href: string }>;

export const noReferences = () => Object.create(null) as References;

/** Deeper containers and longer inline text are shown as plain text: only hostile texts have them. */
const deepest = 40;
const longestInline = 10_000;
const deepestInline = 100;
const widestTable = 64;
/** The browser lays out a whole paragraph at once, and a formula has many boxes. */
const mostFormulas = 100;
const closing: Readonly<Record<string, string>> = { "\\(": "\\)", "\\[": "\\]" };

export interface Parser {
  /** `isGrowing`: the text may end anywhere, even within a construct. `run`: marks of emphasis that were cut off its end. */
  parse(text: string, references: References, isGrowing: boolean, run?: string): Token[];

  /** How many characters have been parsed. */
  readonly parsed: number;
}

export function createParser(): Parser {
  const md = new MarkdownIt();
  // The node builder decides which addresses may be links; a link that is not allowed is still shown as text.
  md.validateLink = () => true;
  md.use(flanking).use(strike).use(addresses).use(inlineTags).use(characters);
  md.use(fences).use(tables).use(comments).use(details).use(math).use(footnotes).use(tasks).use(growing);

  const paragraph = md.block.ruler.getRules("").at(-1)!;
  md.block.ruler.before(
    "table",
    "deepest",
    (state, start, end, silent) => !silent && state.level >= deepest && paragraph(state, start, end, silent),
  );

  md.block.ruler.before("table", "widest", (state, start, end, silent) => {
    if (silent || start + 1 >= end) return false;
    const underline = state.src.slice(state.bMarks[start + 1], state.eMarks[start + 1]);
    return underline.split("|").length > widestTable && /^[-:| \t>]+$/.test(underline) && paragraph(state, start, end, silent);
  });

  md.core.ruler.before("inline", "growing_end", (state) => {
    if (!state.env["growing"]) return;
    const last = state.tokens.findLast((token) => token.type === "inline");
    // A blank line has ended the last block, or the end of its line a row.
    if (/\n[ \t]*\n$/.test(state.src) || (last?.meta?.["cell"] && state.src.endsWith("\n")))
      return void (state.env["growing"] = "");
    const after = last && state.tokens.slice(state.tokens.indexOf(last) + 1);
    state.env["growing"] = last && after!.every((token) => token.nesting < 0) ? last.content : "";
  });
  md.core.ruler.before("inline", "longest", ({ tokens, Token }) => {
    for (const token of tokens) {
      if (token.type !== "inline" || token.content.length <= longestInline) continue;
      const text = new Token("text", "", 0);
      text.content = token.content;
      token.type = "long_inline";
      token.children = [text];
    }
  });

  // After the rule that knows how deep emphasis nests.
  md.core.ruler.after("inline", "deepest_inline", ({ tokens, Token }) => {
    for (const token of tokens) {
      if (token.type !== "inline" || !token.children?.some(({ level }) => level > deepestInline)) continue;
      const text = new Token("text", "", 0);
      text.content = token.content;
      token.type = "long_inline";
      token.children = [text];
    }
  });

  md.core.ruler.after("inline", "most_formulas", ({ tokens }) => {
    for (const { children } of tokens) {
      const formulas = children?.filter(({ type }) => type === "math_inline") ?? [];
      for (const token of formulas.slice(mostFormulas)) {
        token.type = "text";
        token.content = `${token.markup}${token.content}${closing[token.markup] ?? token.markup}`;
      }
    }
  });

  let parsed = 0;
  return {
    parse(text, references, isGrowing, run) {
      parsed += text.length;
      return md.parse(text, { references, growing: isGrowing, run });
    },
    get parsed() {
      return parsed;
    },
  };
}
