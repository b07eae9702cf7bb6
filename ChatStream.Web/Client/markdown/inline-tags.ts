import type { InlineEndRule, InlineRule, InlineState, Markdown, Token } from "./rules";
import { nextOf } from "./search";

/** The tags that models write within a text, and the element of our own that each becomes. It has no attribute. */
const elements = new Map(
  Object.entries({
    sub: "sub",
    sup: "sup",
    kbd: "kbd",
    mark: "mark",
    small: "small",
    u: "u",
    ins: "u",
    s: "s",
    del: "s",
    strike: "s",
    b: "strong",
    strong: "strong",
    i: "em",
    em: "em",
    code: "code",
  }),
);

/** Tags nest at most this deep, and have at most this many UTF-16 units. */
const deepest = 20;
const longest = 1_000;

const attribute = String.raw`\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>${"`"}]+|'[^']*'|"[^"]*"))?`;
const tag = new RegExp(String.raw`^<(?:([a-zA-Z][a-zA-Z0-9-]*)(?:${attribute})*\s*\/?|\/([a-zA-Z][a-zA-Z0-9-]*)\s*)>`);

/** A key with a mark on it, as in `<kbd>*</kbd>`. The mark is text. */
const keys = /^[*_~`$\\[\]|]{1,2}(?=<\/kbd)/i;
const longestKey = 8;

/** What has a fixed end, and is no tag. */
const others: readonly (readonly [begin: string, end: string])[] = [
  ["<?", "?>"],
  ["<![CDATA[", "]]>"],
];

/**
 * HTML within a text. `<br>` is a break, a few harmless tags are elements, comments are hidden. Other tags are shown as they
 * were written, and nothing in them is read as Markdown.
 */
export function inlineTags(md: Markdown): void {
  md.inline.ruler.at("html_inline", html);
  md.inline.ruler2.after("emphasis", "tags", pairs);
}

const html: InlineRule = (state, silent) => {
  const { src, pos, posMax } = state;
  if (src[pos] !== "<") return false;
  if (src.startsWith("<!--", pos)) return comment(state);
  for (const [begin, end] of others) {
    if (!src.startsWith(begin, pos)) continue;
    const close = nextOf(end, src, pos + begin.length) + end.length;
    return close <= posMax && asWritten(state, close, silent);
  }
  const found = tag.exec(src.slice(pos, Math.min(posMax, pos + longest)));
  if (!found) return false;
  const end = pos + found[0].length;
  const name = (found[1] ?? found[2]!).toLowerCase();
  if (name === "br") return lineBreak(state, end, silent);
  if (!elements.has(name)) return asWritten(state, end, silent);
  const key = keys.exec(src.slice(end, end + longestKey));
  if (!silent) {
    const token = state.push(found[1] ? "tag_open" : "tag_close", elements.get(name)!, 0);
    token.content = found[0];
    token.meta = { name };
    if (key) state.push("text_special", "", 0).content = key[0];
  }
  state.pos = end + (key?.[0].length ?? 0);
  return true;
};

/** Hides a comment. One that is open at the end of a growing text is hidden, too. */
function comment(state: InlineState): boolean {
  const { src, pos, posMax } = state;
  const short = /^<!--(?:>|->)/.exec(src.slice(pos, pos + 6));
  const end = short ? pos + short[0].length : nextOf("-->", src, pos + 4) + 3;
  if (end <= posMax) state.pos = end;
  else if (state.env["growing"] === src) state.pos = posMax;
  else return false;
  return true;
}

function asWritten(state: InlineState, end: number, silent: boolean): true {
  if (!silent) state.push("text_special", "", 0).content = state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}

/** A line break after the tag is the same break. */
function lineBreak(state: InlineState, end: number, silent: boolean): true {
  if (!silent) state.push("hardbreak", "br", 0);
  state.pos = end;
  const { src, posMax } = state;
  while (state.pos < posMax && " \t".includes(src[state.pos]!)) state.pos++;
  if (src[state.pos] !== "\n" || state.pos >= posMax) return true;
  do state.pos++;
  while (state.pos < posMax && " \t".includes(src[state.pos]!));
  return true;
}

/** Pairs the tags that nest properly, also with emphasis and links. The others are text. */
const pairs: InlineEndRule = (state) => {
  const { tokens } = state;
  if (!tokens.some(({ type }) => type === "tag_open" || type === "tag_close")) return;
  const open: Token[] = [];
  let depth = 0;
  const leave = (): Token => {
    const token = open.pop()!;
    if (token.type === "tag_open") depth--;
    return token;
  };
  for (const token of tokens) {
    if (token.type === "tag_close") {
      let at = open.length - 1;
      while (at >= 0 && open[at]!.type === "tag_open" && open[at]!.meta!["name"] !== token.meta!["name"]) at--;
      if (open[at]?.type !== "tag_open") continue;
      while (open.length > at + 1) leave();
      leave().nesting = 1;
      token.nesting = -1;
    } else if (token.type === "tag_open") {
      if (depth >= deepest) continue;
      open.push(token);
      depth++;
    } else if (token.nesting > 0) open.push(token);
    else if (token.nesting < 0) while (open.length > 0 && leave().type === "tag_open");
  }
  if (state.env["growing"] === state.src) {
    for (const token of open.reverse()) {
      token.nesting = 1;
      tokens.push(new state.Token("tag_close", token.tag, -1));
    }
  }
  for (const token of tokens) if (token.nesting === 0 && token.type.startsWith("tag_")) token.type = "text";
};
