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
    const formula = article.querySelector(".katex");
    const scroller = formula && scrollerOf(formula);
    const found = !formula ? "not typeset" : !scroller ? "no scroller" : endIsSeen(scroller, article) ? "" : "cut off";
    article.remove();
    return found ? [`${text.slice(0, 80)}: ${found}`] : [];
  });
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

function scrollerOf(formula: Element): Element | undefined {
  const isScroller = (element: Element) =>
    /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth;
  return [formula, ...formula.querySelectorAll("*")].find(isScroller);
}

/** Scrolls to the end and tells if what is last stands within the window and its message. */
function endIsSeen(scroller: Element, article: Element): boolean {
  scroller.scrollLeft = scroller.scrollWidth;
  const box = scroller.getBoundingClientRect();
  const bases = [...scroller.querySelectorAll(".katex-base")].map((base) => base.getBoundingClientRect().right);
  const most = Math.min(innerWidth, article.getBoundingClientRect().right) + 1;
  return box.width > 0 && box.right <= most && Math.max(...bases) <= box.right + 1;
}
