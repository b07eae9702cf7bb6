/** In em of the formula: so much fits beside the deepest list on a small phone, in its headings too. */
const widest = 6;

/** The sizes of the typesetter's classes `size1` to `size11`. */
const sizes = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488];

/** What is never narrower than its letters, in em. Few letters are wider than they count here. */
const [letter, wideLetter] = [0.55, 1];
const narrow = /^[ -@[-ln-vx-~]$/;

/**
 * Gives each part of a formula that cannot break a box to scroll in, if it may be wider than the column of a small screen.
 * The width is told by the letters and the styles, because measuring it would lay out the page for each formula.
 */
export function boxWideParts(formula: Element): void {
  for (const part of formula.querySelectorAll(".katex-base")) {
    if (widthOf(part) <= widest) continue;
    const box = document.createElement("span");
    box.className = "wide";
    part.replaceWith(box);
    box.append(part);
  }
}

function widthOf(element: Element): number {
  const { className, style } = element as HTMLElement;
  // It is as wide as what it stands in, and cut off there.
  if (element.localName === "svg") return 0;
  const parts = [...element.childNodes].map((node) => (node instanceof Element ? widthOf(node) : widthOfText(node.nodeValue!)));
  // These stand above each other.
  const isStack = /\bvlist(-t)?( |$)/.test(className);
  const inner = isStack ? Math.max(0, ...parts) : parts.reduce((sum, part) => sum + part, 0);
  const own = Math.max(inner, em(style.minWidth), em(style.width));
  const [, from, to] = /\breset-size(\d+) size(\d+)/.exec(className) ?? [];
  const size = from && to ? sizes[Number(to) - 1]! / sizes[Number(from) - 1]! : 1;
  return (own + em(style.marginLeft) + em(style.marginRight) + em(style.paddingLeft) + em(style.borderRightWidth)) * size;
}

/** A way back does not count: what stands there may be painted beside it. */
const em = (length: string) => (length.endsWith("em") ? Math.max(0, Number.parseFloat(length)) : 0);

function widthOfText(text: string): number {
  let width = 0;
  for (const character of text) if (character !== "\u200b") width += narrow.test(character) ? letter : wideLetter;
  return width;
}
