import type { Markdown } from "./rules";

/** Writing without spaces between words, and its punctuation: Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese. */
const scripts = ["Han", "Hira", "Kana", "Hang", "Bopo", "Yiii", "Thai", "Laoo", "Khmr", "Mymr"];
const marks = String.raw`\u3000-\u303f\u30fb\u30fc\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uffef`;
const unspaced = new RegExp(`[${scripts.map((name) => `\\p{sc=${name}}`).join("")}${marks}]`, "u");
const punctuation = /[\p{P}\p{S}]/u;
const white = /[\p{Zs}\t\n\f\r]/u;
const variationSelector = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;

export const isUnspaced = (character: string) => unspaced.test(character);

/** The character before a place; a space at the beginning. */
export function characterBefore(text: string, at: number): string {
  if (at === 0) return " ";
  const low = text[at - 1]!;
  const pair = /[\udc00-\udfff]/.test(low) ? text.slice(Math.max(0, at - 2), at) : low;
  return [...pair].at(-1)!;
}

/** So many signs may stand between a run of marks and the letter that tells what writing it stands in. */
const mostSigns = 3;

/** True if Chinese or the like stands before a place, or before the punctuation there: `年齢:` in `**年齢:**20`. */
export function isAfterUnspaced(text: string, at: number): boolean {
  for (let signs = 0; signs <= mostSigns && at > 0; signs++) {
    const before = characterBefore(text, at);
    if (isUnspaced(before)) return true;
    if (!punctuation.test(before) && !variationSelector.test(before)) return false;
    at -= before.length;
  }
  return false;
}

/** True if Chinese or the like stands behind a place, or behind the punctuation there. */
function isBeforeUnspaced(text: string, at: number): boolean {
  for (let signs = 0; signs <= mostSigns && at < text.length; signs++) {
    const after = String.fromCodePoint(text.codePointAt(at)!);
    if (isUnspaced(after)) return true;
    if (!punctuation.test(after)) return false;
    at += after.length;
  }
  return false;
}

/** What no emphasis ends behind: a space, a bracket or a quotation mark that opens. */
const beginnings = /[\p{Z}\s\p{Ps}\p{Pi}]/u;

/** The character before a place and before other marks of emphasis there. */
function beforeMarks(text: string, at: number): string {
  while (at > 0 && "*_~".includes(text[at - 1]!)) at--;
  return characterBefore(text, at);
}

/**
 * Says whether a run of marks may open or close emphasis. CommonMark decides by spaces and punctuation beside the run, and
 * Chinese has no spaces: there, `**「来年」**に` could not close. Beside such writing its punctuation counts as a letter, and
 * other punctuation needs no space.
 */
export function flanking(md: Markdown): void {
  md.inline.State = class extends md.inline.State {
    override scanDelims(start: number, canSplitWord: boolean) {
      const { src, posMax } = this;
      let end = start;
      while (end < posMax && src[end] === src[start]) end++;
      const before = characterBefore(src, start);
      const after = end < posMax ? String.fromCodePoint(src.codePointAt(end)!) : " ";
      const [wideBefore, wideAfter] = [isAfterUnspaced(src, start), isBeforeUnspaced(src, end)];
      const [markBefore, markAfter] = [punctuation.test(before), punctuation.test(after)];
      const [spaceBefore, spaceAfter] = [white.test(before), white.test(after)];
      const left = !spaceAfter && (!markAfter || wideAfter || spaceBefore || markBefore || wideBefore);
      const right =
        !spaceBefore &&
        (!markBefore || wideBefore || spaceAfter || markAfter || (wideAfter && !beginnings.test(beforeMarks(src, start))));
      return {
        can_open: left && (canSplitWord || !right || markBefore || (markAfter && wideAfter)),
        can_close: right && (canSplitWord || !left || markAfter || (markBefore && wideBefore)),
        length: end - start,
      };
    }
  };
}
