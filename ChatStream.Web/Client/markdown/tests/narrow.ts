import { Renderer } from "../renderer";
import { extras } from "./drive";

/** Formulas within a line that are wider than the screen of a phone. */
const wideFormulas = [
  "\\left( x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11} \\right)^2",
  "\\sqrt{a^2 + b^2 + c^2 + d^2 + e^2 + f^2 + g^2 + h^2 + i^2 + j^2}",
  "\\text{a sentence set in text mode that is longer than the screen of any phone}",
  "\\text{一段比手机屏幕还要宽的中文文字，不会折行，一段比手机屏幕还要宽的中文文字}",
  "\\begin{bmatrix}1&2&3&4&5&6&7&8&9&1&2&3&4&5\\end{bmatrix}",
  "\\begin{bmatrix}x_1&y_2&z_3&x_1&y_2&z_3&x_1&y_2&z_3&x_1&y_2&z_3\\\\1&2\\end{bmatrix}",
  "\\dfrac{1+x+x^2+x^3+x^4+x^5+x^6+x^7+x^8+x^9}{1+x+x^2+x^3+x^4+x^5+x^6+x^7+x^8+x^9}",
  "\\underbrace{WWWWWWWWWWWWWWWWW}_{n}",
  "a\\hspace{20em}b",
  "\\rule{20em}{1em}",
  "\\Huge WWWWWWWWWW",
  "f(x_1,x_2,x_3,x_4,x_5,x_6,x_7,x_8,x_9,x_{10},x_{11},x_{12},x_{13},x_{14})",
  "W".repeat(2_000),
];

/** A little wider than the column of a deep list, and narrower than the screen. */
const inDeepList = ["\\begin{bmatrix}1&2&3&4&5&6&7\\end{bmatrix}", "\\text{thirteen letters, about}"];

/** The formulas whose end a reader cannot scroll to. */
export function unreachable(): string[] {
  const texts = [
    ...wideFormulas.map((formula) => `A formula $${formula}$ in a line.`),
    ...inDeepList.map((formula) => `${nested("- ")} $${formula}$`),
  ];
  return texts.flatMap((text) => {
    const article = shown(text);
    const scrollers = scrollersOf(article);
    const isSeen = scrollers.every((scroller) => endIsSeen(scroller, article));
    const isTypeset = article.querySelector(".katex") !== null;
    const found = !isTypeset ? "not typeset" : scrollers.length === 0 ? "no scroller" : isSeen ? "" : "cut off";
    article.remove();
    return found ? [`${text.slice(0, 80)}: ${found}`] : [];
  });
}

/** On how many lines a formula stands that has room on a line of its own, and begins within one. */
export function linesOfFormula(): number {
  const article = shown("Words before it $\\text{attention of} = \\text{softmaximum s}$ and after.");
  article.style.inlineSize = "310px";
  const begins = [...article.querySelectorAll(".katex-base")].map((part) => Math.round(part.getBoundingClientRect().left));
  article.remove();
  // What stands on a further line begins again at its beginning.
  return 1 + begins.filter((left, i) => i > 0 && left < begins[i - 1]!).length;
}

/** The least width of a text in deep lists and quotations, in CSS pixels. */
export function leastColumn(): number {
  const widths = ["- ", "> ", "> - ", "1. "].flatMap((level) => {
    const article = shown(nested(level));
    const right = article.getBoundingClientRect().right;
    const texts = [...article.querySelectorAll("p")].map((text) => text.getBoundingClientRect());
    article.remove();
    return texts.map((text) => Math.min(text.right, right) - text.left);
  });
  return Math.min(...widths);
}

/** The items whose mark has less than 15 pixels beside it, within its list. */
export function cutMarks(): string[] {
  const deep = (levels: number) =>
    Array.from({ length: levels }, (_, i) => `${"  ".repeat(i)}- a\n`).join("") + "  ".repeat(levels);
  return [`${deep(6)}- עברית`, `${deep(8)}- a\n${"  ".repeat(8)}- [x] עברית`, "- [x] עברית"].filter((text) => {
    const article = shown(text);
    const item = [...article.querySelectorAll("li")].at(-1)!;
    const space = item.parentElement!.getBoundingClientRect().right - item.getBoundingClientRect().right;
    const isOther = getComputedStyle(item).direction === "rtl";
    article.remove();
    return !isOther || space < 15;
  });
}

const nested = (level: string) => `${level.repeat(20)}x`;

function shown(text: string): HTMLElement {
  const [article, root] = [document.createElement("article"), document.createElement("div")];
  article.className = "message";
  root.className = "text markdown";
  article.append(root);
  document.querySelector("#conversation")!.append(article);
  const renderer = new Renderer(root, extras, "n");
  renderer.add(text);
  while (renderer.update());
  renderer.finish();
  return article;
}

function scrollersOf(article: Element): Element[] {
  const isScroller = (element: Element) =>
    /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth;
  return [...article.querySelectorAll(".katex, .katex *")].filter(isScroller);
}

/** Scrolls to the end and tells if what is last stands within the window and its message. */
function endIsSeen(scroller: Element, article: Element): boolean {
  scroller.scrollLeft = scroller.scrollWidth;
  const box = scroller.getBoundingClientRect();
  const parts = [...scroller.querySelectorAll(":scope > *")].map((part) => part.getBoundingClientRect().right);
  const most = Math.min(innerWidth, article.getBoundingClientRect().right) + 1;
  return box.width > 0 && box.right <= most && Math.max(...parts) <= box.right + 1;
}
