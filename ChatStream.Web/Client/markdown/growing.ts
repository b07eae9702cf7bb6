import { isAfterUnspaced } from "./flanking";
import type { InlineEndRule, InlineRule, InlineState, Markdown } from "./rules";
import { isLoneTilde } from "./strike";

/** A construct that is open for longer than this is shown as plain text. In UTF-16 units. */
const longestGuess = 300;

/**
 * Reads a text whose end has not arrived: `**bol` is bold, `` `cod `` is code, and `[text](htt` is shown as its text.
 * It works on the last inline text of the last block only; `env.growing` holds that text.
 */
export function growing(md: Markdown): void {
  md.inline.ruler.before("backticks", "growing_code", code);
  md.inline.ruler.after("image", "growing_link", link);
  md.inline.ruler2.after("balance_pairs", "growing_emphasis", emphasis);
}

const grows = (state: InlineState) => state.env["growing"] === state.src;

const code: InlineRule = (state, silent) => {
  if (silent || state.src[state.pos] !== "`" || !grows(state)) return false;
  const run = /^`+/.exec(state.src.slice(state.pos))![0];
  const content = state.src.slice(state.pos + run.length, state.posMax);
  if (content.length > longestGuess || closes(content, run.length)) return false;
  const token = state.push("code_inline", "code", 0);
  token.markup = run;
  token.content = content.replaceAll("\n", " ").trim();
  state.pos = state.posMax;
  return true;
};

const closes = (content: string, length: number) => content.match(/`+/g)?.some((run) => run.length === length) ?? false;

/** A number in brackets names a source more often than it is a link, and is shown as it was written. */
const citation = /^(?:\[\d{1,2}\])*(?:\[\d{1,2})?$/;

const link: InlineRule = (state, silent) => {
  if (silent || !grows(state) || state.linkLevel > 0) return false;
  const open = /^!?\[/.exec(state.src.slice(state.pos, state.pos + 2))?.[0];
  if (!open || state.posMax - state.pos > longestGuess * 8) return false;
  const start = state.pos + open.length;
  const end = state.md.helpers.parseLinkLabel(state, start - 1, false);
  if (citation.test(state.src.slice(state.pos, state.posMax))) return false;
  if (end < 0) {
    if (state.posMax - state.pos > longestGuess) return false;
    state.pos = start;
    return true;
  }
  // Nothing of the address is shown before it is complete.
  const rest = state.src.slice(end + 1, state.posMax);
  if (rest && !/^(?:\[[^\]]*|\((?:[^()\n]|\([^()\n]*(?:\)|$))*)$/.test(rest)) return false;
  const { posMax } = state;
  state.pos = start;
  state.posMax = end;
  state.linkLevel++;
  state.md.inline.tokenize(state);
  state.linkLevel--;
  state.pos = state.posMax = posMax;
  return true;
};

/** Emphasis that nests deeper is not closed before its end arrives. */
const mostOpen = 20;

/** So many marks may stand before and behind a mark. */
const mostMarks = 6;

/** Closes the emphasis that is open at the end, except within a construct that is closed. */
const emphasis: InlineEndRule = (state) => {
  if (!grows(state)) return;
  const { delimiters } = state;
  const open: number[] = [];
  let closed = -1;
  for (const [i, delimiter] of delimiters.entries()) {
    if (i < closed) continue;
    if (delimiter.end >= 0) closed = Math.max(closed, delimiter.end);
    else if (delimiter.open && !isLoneTilde(delimiter.marker) && (!delimiter.close || isOpen(state, delimiter))) open.push(i);
    if (open.length > mostOpen) return;
  }
  for (const i of once(open, delimiters).reverse()) {
    const opener = delimiters[i]!;
    if (opener.end >= 0) continue;
    state.push("text", "", 0);
    opener.end = delimiters.length;
    opener.close = false;
    delimiters.push({
      marker: opener.marker,
      length: opener.length ?? 0,
      token: state.tokens.length - 1,
      end: -1,
      open: false,
      close: true,
    });
  }
};

/** Without marks that open twice: `**a:**b` shows that the first ones do not close. */
function once(open: number[], delimiters: InlineState["delimiters"]): number[] {
  const kind = (i: number) => `${delimiters[i]!.marker} ${delimiters[i]!.length}`;
  // A run has as many delimiters as marks.
  return open.filter((i) => open.filter((other) => kind(other) === kind(i)).length <= Math.max(1, delimiters[i]!.length ?? 0));
}

const marks = /^(?:[*_]|~+)?$/;

/**
 * True for a run of marks that may close or open, and has opened: the run at the end closes it, or Chinese or the like stands
 * before it, or it is `**` between letters.
 */
function isOpen({ tokens, env }: InlineState, { token: at, length }: InlineState["delimiters"][number]): boolean {
  if (env["run"] === tokens[at]!.content.repeat(Math.max(1, length ?? 0))) return true;
  const near = (step: number) => {
    let i = at;
    while (Math.abs(i - at) <= mostMarks && marks.test(tokens[i]?.content ?? "a")) i += step;
    return tokens[i]?.content ?? "";
  };
  const before = near(-1);
  return isAfterUnspaced(before, before.length) || (length === 2 && /\p{L}$/u.test(before) && /^\p{L}/u.test(near(1)));
}
