/** About as much of an answer as a screen reader reads at its end, in UTF-16 units. */
const mostSpoken = 1_000;

const skipped = "button, .code-bar, sup.note-number, .note a[aria-label], [hidden], [aria-hidden=true]";
const blocks = `p, li, ul, ol, h1, h2, h3, h4, h5, h6, pre, blockquote, table, thead, tbody, tr, hr, div,
  details, summary, dl, dt, dd, section`;

/**
 * The beginning of an answer as a screen reader says it: one sentence for each block, without the labels of buttons, and
 * each formula once.
 */
export function spoken(root: Element): string {
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
      if (length + sentence.length > mostSpoken) return;
      if (node instanceof Text) sentence += node.data;
      else if (node instanceof Element) readElement(node);
    }
  };

  const readElement = (element: Element) => {
    if (element.matches(skipped)) return;
    if (element.matches(".math")) sentence += formulaOf(element);
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
  if (text.length <= mostSpoken) return text;
  const cut = text.slice(0, mostSpoken);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), mostSpoken / 2)).trimEnd()}…`;
}

/** The signs of a formula, such as "π r 2". One that is not typeset is its source. */
function formulaOf(element: Element): string {
  const signs = [...element.querySelectorAll("mi, mn, mo, mtext")].map((sign) => sign.textContent.trim());
  return signs.length > 0 ? ` ${signs.filter(Boolean).join(" ")} ` : element.textContent;
}
