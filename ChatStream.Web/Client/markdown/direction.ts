import type { Token } from "./rules";

const letter = /\p{L}/u;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Code, also while it is open, formulas, keys, tags, addresses and names of characters. */
const notText = new RegExp(
  [
    /(`+)[\s\S]*?(?:\1|$)/,
    /\$+[^$]*\$+/,
    /\\[([][\s\S]*?(?:\\[)\]]|$)/,
    /<kbd>[^<]*/,
    /<[^>]*>/,
    /\]\([^)]*\)/,
    /(?:https?:\/\/|www\.)[!-~]+/,
    /[\w.+-]+@[\w.-]+/,
    /&#?\w+;/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gi",
);

/** A direction is looked for in so many tokens of a list or a quotation, and so many characters of each. */
const mostTokens = 60;
const mostCharacters = 400;

/**
 * The direction of a block with other blocks in it, by the first letter of its text. Code and formulas do not count.
 * The browser could find it, but it would search the whole list or table again with each item.
 */
export function directionOf(tokens: readonly Token[], from: number): "ltr" | "rtl" | undefined {
  const level = tokens[from - 1]?.level ?? 0;
  for (let i = from; i < Math.min(tokens.length, from + mostTokens) && tokens[i]!.level > level; i++) {
    const { type, content } = tokens[i]!;
    if (type !== "inline" && type !== "long_inline") continue;
    const found = letter.exec(content.slice(0, mostCharacters).replace(notText, " "));
    if (found) return rightToLeft.test(found[0]) ? "rtl" : "ltr";
  }
  return;
}
