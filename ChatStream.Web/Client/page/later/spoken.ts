import { find } from "./given";

/** About as much of an answer as a screen reader reads at its end, in UTF-16 units. */
const mostSpoken = 1_000;

const skipped = "button, .code-bar, sup.note-number, .note a[aria-label], [hidden], [aria-hidden=true]";
const blocks = `p, li, ul, ol, h1, h2, h3, h4, h5, h6, pre, blockquote, table, thead, tbody, tr, hr, div,
  details, summary, dl, dt, dd, section`;

/** The same of what an answer has that is new. @param known The text before; undefined: all of the answer is new. */
export const spokenOf = (article: HTMLElement, known: string | undefined) =>
  spoken(known === undefined ? find(article, ".text") : newText(article, known));

/**
 * The beginning of an answer as a screen reader says it: one sentence for each block, without the labels of buttons, and
 * each formula once.
 * @param instead What is said in the place of a block of code and of a formula.
 */
export function spoken(root: Element, most = mostSpoken, instead?: { code: string; formula: string }): string {
  const said: string[] = [];
  let length = 0;
  let sentence = "";

  const end = () => {
    const text = sentence
      .replace(/\s+/g, " ")
      .replace(/ (?=[.,;:!?)])/g, "")
      .replace(/[\s,]+$/, "")
      .trimStart();
    sentence = "";
    if (!text) return;
    const last = said.at(-1);
    if (last && !/\p{P}$/u.test(last)) said[said.length - 1] = `${last}.`;
    said.push(text);
    length += text.length + 2;
  };

  const read = (parent: Element) => {
    for (const node of parent.childNodes) {
      if (length + sentence.length > most) return;
      if (node instanceof Text) sentence += node.data;
      else if (node instanceof Element) readElement(node);
    }
  };

  const readElement = (element: Element) => {
    if (element.matches(skipped)) return;
    if (element.matches("[role=img]")) {
      sentence += `${element.ariaLabel}: `;
      return;
    }
    if (instead && element.matches(".code")) {
      end();
      sentence = instead.code;
      end();
    } else if (element.matches(".math")) sentence += instead ? ` ${instead.formula} ` : formulaOf(element);
    else if (element.matches("br")) sentence += " ";
    else if (element.matches("td, th")) {
      read(element);
      sentence += ", ";
    } else if (element.matches(blocks)) {
      end();
      read(element);
      end();
    } else read(element);
  };

  read(root);
  end();
  const text = said.join(" ");
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), most / 2)).trimEnd()}…`;
}

/** The signs of a formula, such as "π r 2". One that is not typeset is its source. */
function formulaOf(element: Element): string {
  const signs = [...element.querySelectorAll("mi, mn, mo, mtext")].map((sign) => sign.textContent.trim());
  return signs.length > 0 ? ` ${signs.filter(Boolean).join(" ")} ` : element.textContent;
}

/** A copy of an answer's text without the beginning that the user knows, so that only what is new is announced. */
function newText(article: HTMLElement, known: string): HTMLElement {
  const copy = find(article, ".text").cloneNode(true) as HTMLElement;
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
    const same = sameLength(text.data, known.slice(at, at + text.length));
    at += text.length;
    if (same === text.length) continue;
    const old = document.createRange();
    old.setStart(copy, 0);
    // A word that the end of the known text cut is announced whole.
    old.setEnd(text, text.data.slice(0, same).search(/\S*$/));
    old.deleteContents();
    return copy;
  }
  copy.replaceChildren();
  return copy;
}

function sameLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
