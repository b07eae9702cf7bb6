import { characterBefore } from "./flanking";
import type { InlineEndRule, InlineRule, InlineState, Markdown } from "./rules";

const [one, two] = [0x7e, 0x17e];
const word = /[\p{L}\p{N}]/u;

/** True for the marker of a single tilde. Only a closed pair of them strikes: `~50` is a number. */
export const isLoneTilde = (marker: number) => marker === one;

/** Struck text: `~~gone~~` and `~gone~`. A single tilde within words, as in `3~5`, and three or more strike nothing. */
export function strike(md: Markdown): void {
  md.inline.ruler.at("strikethrough", marks);
  md.inline.ruler2.at("strikethrough", pairs);
}

const marks: InlineRule = (state, silent) => {
  const { src, pos } = state;
  if (silent || src[pos] !== "~") return false;
  const { can_open, can_close, length } = state.scanDelims(pos, true);
  const end = pos + length;
  state.push("text", "", 0).content = src.slice(pos, end);
  state.pos = end;
  if (length > 2) return true;
  const isLone = length === 1;
  state.delimiters.push({
    marker: isLone ? one : two,
    length: 0,
    token: state.tokens.length - 1,
    end: -1,
    open: can_open && !(isLone && word.test(characterBefore(src, pos))),
    close: can_close && !(isLone && end < state.posMax && word.test(String.fromCodePoint(src.codePointAt(end)!))),
  });
  return true;
};

const pairs: InlineEndRule = (state) => {
  for (const delimiters of [state.delimiters, ...state.tokens_meta.map((meta) => meta?.delimiters ?? [])]) {
    for (const { marker, token, end } of delimiters) {
      if (end < 0 || (marker !== one && marker !== two)) continue;
      turn(state, token, "s_open", 1);
      turn(state, delimiters[end]!.token, "s_close", -1);
    }
  }
};

function turn(state: InlineState, at: number, type: string, nesting: 1 | -1): void {
  const token = state.tokens[at]!;
  token.type = type;
  token.tag = "s";
  token.nesting = nesting;
  token.content = "";
}
