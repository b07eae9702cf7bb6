import { characterBefore, isUnspaced } from "./flanking";
import { nextOf } from "./search";

const word = /[\p{L}\p{N}]/u;
const number = /^\d[\d.,]*/;
/** What follows the number of an amount: words, another number, or the sign of a range. */
const afterAmount = /^(?:\s+[a-z]{2}|\s*\/\s*[a-z]{2}|[^\\^_=]*[.!?]\s|[^\\^_=]*\s\p{L}{2,}\s|[\d.,\s]*\s[\d.,]+$|.*[-–—/+]$)/iu;
const texts = /\\(?:text|textbf|textit|mathrm|mathbf|operatorname|mbox)\*?\s*\{[^{}]*\}/g;
const functions = /\b(?:arg|cos|cosh|cot|deg|det|dim|exp|gcd|hom|inf|ker|lim|ln|log|max|min|mod|sin|sinh|sup|tan|tanh)\b/g;

/** Text in a formula that has not closed. It may have formulas of its own: `\text{if $x > 0$}`. */
const openText = /\\(?:text[a-z]{0,4}|mbox)\s*\{[^{}]*$/;

/** True for words between two dollars and the next two, which say that something is not cheap. */
export const isWords = (content: string) =>
  !/[\\^_=+<>|]/.test(content) && /^\$*\s*[:,;)]|\p{L}{3}[,;.:)]? +\p{L}{2}/u.test(content);

/** A longer text between dollars is no formula. In UTF-16 units. */
export const longest = 8_000;

export interface Found {
  readonly end: number;
  readonly width: number;
  readonly display: boolean;
}

/** The formula between dollars that begins at a place: `$…$` or `$$…$$`. A price such as `$5` begins none. */
export function dollars(src: string, pos: number, max: number): Found | undefined {
  const width = src[pos + 1] === "$" ? 2 : 1;
  const before = characterBefore(src, pos);
  if (/[$\\]/.test(before) || isOfWord(before)) return;
  const from = pos + width;
  let close = src.indexOf("$", from);
  for (let start = from; close > 0; close = src.indexOf("$", start)) {
    const isEscaped = src[close - 1] === "\\" && src[close - 2] !== "\\";
    if (!isEscaped && !openText.test(src.slice(start, close))) break;
    start = isEscaped ? close + 1 : nextOf("}", src, close);
  }
  if (close < 0 || close + width > max || close - pos > longest) return;
  if (width === 2) {
    const isPair = src[close + 1] === "$" && src[close + 2] !== "$" && !isWords(src.slice(from, close));
    return isPair ? { end: close + 2, width, display: true } : undefined;
  }

  const content = src.slice(from, close);
  const after = String.fromCodePoint(src.codePointAt(close + 1) ?? 32);
  const isOrdinal = /^(?:th|st|nd|rd)(?![a-z\d])/i.test(src.slice(close + 1, close + 4)) && !/^\d/.test(content);
  if (after === "$" || (isOfWord(after) && !isOrdinal) || isOfShell(content, after) || !isFormula(content)) return;
  return { end: close + 1, width, display: false };
}

/** Variables and commands of a shell: `${HOME}/bin:${PATH}`. */
const isOfShell = (content: string, after: string) => "{(".includes(after) && content.startsWith(after);

/** Chinese and its like have no space before a formula. */
const isOfWord = (character: string) => word.test(character) && !isUnspaced(character);

function isFormula(content: string): boolean {
  if (!content.includes("\\") && (isUnspaced(content) || /[€£¥]/.test(content))) return false;
  if (/^\s/.test(content)) return isLooseFormula(content.trim());
  const amount = number.exec(content)?.[0];
  return !/\s$/.test(content) && !(amount && afterAmount.test(content.slice(amount.length).replace(functions, "+")));
}

/**
 * True for what is a formula even if a space follows the first dollar, as in `$ E = mc^2 $`. In `$ 5 and 6 $ each` it is not:
 * a formula has a command, or an operator beside a letter, and no words.
 */
function isLooseFormula(content: string): boolean {
  if (/\\[a-z{]/i.test(content)) return true;
  if (content.includes("\n") || /[-+*/=<>]$/.test(content)) return false;
  const bare = content.replace(texts, " ").replace(functions, " ");
  if (/\p{L}{3,}/u.test(bare)) return false;
  if (/^(?:\p{L}['′]*(?:, ?(?=\p{L})|$))+$|^\d+[nxyz]$/u.test(content)) return true;
  if (/^[\d.,]/.test(content)) return /[=^]|^\d+\s?[a-z]\b.*[-+*/<>]/i.test(content);
  return /\p{L}/u.test(content) && /[-+*/=<>^_|(]/.test(content);
}
