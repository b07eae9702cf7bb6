import type { InlineRule, Markdown } from "./rules";

const reference = /^&[a-z][a-z0-9]{1,31};/i;

/** References to named characters, such as `&lfloor;`, that the parser's own table does not have. */
export function characters(md: Markdown): void {
  md.inline.ruler.after("entity", "character", rule);
}

const rule: InlineRule = (state, silent) => {
  if (state.src[state.pos] !== "&") return false;
  const found = reference.exec(state.src.slice(state.pos, state.pos + 34));
  if (!found) return false;
  if (!silent) state.push("character", "", 0).content = found[0];
  state.pos += found[0].length;
  return true;
};
