import type { BlockRule, BlockState, CoreRule, Markdown, Token } from "./rules";

const tag = /^<(\/?)(details|summary)(?:\s[^<>]{0,200})?>[ \t]*/i;
const ending = /<\/details\s{0,20}>/i;
const summaryEnd = /<\/summary\s{0,20}>[ \t]*/i;

/** A summary has at most this many lines, and details nest at most this deep. */
const mostLines = 10;
const deepest = 8;

/**
 * `<details>` and `<summary>` at the beginning of a line, with Markdown between them. The rule finds the tags; when all
 * blocks are known, those that belong together become one block.
 */
export function details(md: Markdown): void {
  md.block.ruler.before("fence", "details", block, { alt: ["paragraph", "reference", "blockquote"] });
  md.core.ruler.after("block", "details", pairs);
}

const block: BlockRule = (state, start, end, silent) => {
  if (state.sCount[start]! - state.blkIndent >= 4) return false;
  let at = state.bMarks[start]! + state.tShift[start]!;
  if (state.src[at] !== "<") return false;
  if (!tag.test(state.src.slice(at, Math.min(state.eMarks[start]!, at + 220)))) return false;
  if (silent) return true;

  let line = start;
  for (;;) {
    const found = tag.exec(state.src.slice(at, state.eMarks[line]));
    if (!found) break;
    const [source, slash, name] = found;
    if (name!.toLowerCase() === "summary") {
      if (slash) break;
      const summary = readSummary(state, at + source.length, line, end);
      pushText(state, "summary", summary.text, line);
      at = summary.at;
      line = summary.line;
    } else {
      pushTag(state, slash ? "details_close" : "details_open", source.trim(), line);
      at += source.length;
    }
  }
  let rest = state.src.slice(at, state.eMarks[line]).trim();
  while (rest) {
    const closing = ending.exec(rest);
    const text = closing ? rest.slice(0, closing.index).trim() : rest;
    if (text) pushText(state, "paragraph", text, line);
    if (closing) pushTag(state, "details_close", closing[0], line);
    rest = closing ? rest.slice(closing.index + closing[0].length).trim() : "";
  }
  state.line = line + 1;
  return true;
};

/** The text of a summary, up to its closing tag. If there is none, it is the rest of the line; the tag may still come. */
function readSummary(state: BlockState, from: number, start: number, end: number): { text: string; at: number; line: number } {
  let line = start;
  for (; line < end && line - start < mostLines && !state.isEmpty(line); line++) {
    if (line > start && state.sCount[line]! < state.blkIndent) break;
    const begin = line === start ? from : state.bMarks[line]! + state.tShift[line]!;
    const found = summaryEnd.exec(state.src.slice(begin, state.eMarks[line]));
    if (!found) continue;
    const at = begin + found.index;
    return { text: state.src.slice(from, at).trim(), at: at + found[0].length, line };
  }
  const last = state.env["growing"] && line >= end ? end - 1 : start;
  return { text: state.src.slice(from, state.eMarks[last]).trim(), at: state.eMarks[last]!, line: last };
}

function pushTag(state: BlockState, type: string, source: string, line: number): void {
  const token = state.push(type, "details", 0);
  token.content = source;
  token.map = [line, line + 1];
}

function pushText(state: BlockState, type: "summary" | "paragraph", text: string, line: number): void {
  const map: [number, number] = [line, line + 1];
  state.push(`${type}_open`, type, 1).map = map;
  const inline = state.push("inline", "", 0);
  inline.content = text;
  inline.map = map;
  inline.children = [];
  state.push(`${type}_close`, type, -1);
}

/** Makes one block of an opening tag, what follows, and the closing tag on the same level. Other tags are shown as text. */
const pairs: CoreRule = (state) => {
  const { tokens, env, Token } = state;
  if (!tokens.some(({ type }) => type === "details_open" || type === "details_close")) return;
  const lastContent = tokens.findLastIndex(({ nesting }) => nesting >= 0);
  const open: { token: Token; level: number }[] = [];
  /** The closing tags that a growing text does not have yet, before the token at an index. */
  const missing = new Map<number, Token[]>();
  const leave = (level: number, before: number): void => {
    while (open.length > 0 && open.at(-1)!.level > level) {
      const { token } = open.pop()!;
      if (!env["growing"] || before <= lastContent) continue;
      token.nesting = 1;
      missing.set(before, [...(missing.get(before) ?? []), new Token("details_close", "details", -1)]);
    }
  };
  tokens.forEach((token, i) => {
    leave(token.level, i);
    if (token.type === "details_open" && open.length < deepest) open.push({ token, level: token.level });
    if (token.type !== "details_close" || open.at(-1)?.level !== token.level) return;
    open.pop()!.token.nesting = 1;
    token.nesting = -1;
  });
  leave(-1, tokens.length);

  state.tokens = [];
  let depth = 0;
  for (let i = 0; i <= tokens.length; i++) {
    for (const token of missing.get(i) ?? []) {
      token.level = (tokens[i]?.level ?? 0) + --depth;
      state.tokens.push(token);
    }
    const token = tokens[i];
    if (!token) break;
    if (token.type === "details_close" && token.nesting < 0) depth--;
    token.level += depth;
    if (token.type === "details_open" && token.nesting > 0) depth++;
    if (token.tag === "details" && token.nesting === 0) state.tokens.push(...asText(token, Token));
    else state.tokens.push(token);
  }
};

function asText(tag: Token, Token: new (type: string, tag: string, nesting: -1 | 0 | 1) => Token): Token[] {
  const [open, text, close] = [
    new Token("paragraph_open", "p", 1),
    new Token("inline", "", 0),
    new Token("paragraph_close", "p", -1),
  ];
  text.content = tag.content;
  text.children = [];
  open.map = text.map = tag.map;
  open.level = close.level = tag.level;
  text.level = tag.level + 1;
  return [open, text, close];
}
