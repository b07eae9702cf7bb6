import { find } from "./given";

/** What is on the page but not meant when text is copied. */
const notMeant =
  ".who, .meta, .status, .actions, .code-bar, button, .reasoning > summary, .info, .visually-hidden, noscript, [hidden], " +
  ".reasoning:not([open]), .note a[aria-label]";

/**
 * Copies what is meant by a selection in the conversation: its text, without buttons and figures, and each formula once, as
 * its source.
 */
export function offerCopying(): void {
  document.addEventListener("copy", (event) => {
    const { target, clipboardData } = event;
    if (!clipboardData || (target instanceof Element && target.closest("textarea, input"))) return;
    const copied = copyOf(getSelection());
    if (!copied) return;
    event.preventDefault();
    clipboardData.setData("text/plain", copied.text);
    clipboardData.setData("text/html", copied.markup);
  });
}

/** What is meant by a selection, as text and as markup; undefined: nothing of the conversation is selected. */
export function copyOf(selection: Selection | null): { text: string; markup: string } | undefined {
  const place = document.createElement("div");
  place.className = "copied";
  const marks: string[] = [];
  for (let i = 0; selection && i < selection.rangeCount; i++) {
    const range = within(find(document, "#conversation"), selection.getRangeAt(i));
    if (!range) continue;
    place.append(meant(range));
    marks.push(...marksOf(range));
  }
  if (!place.hasChildNodes()) return undefined;
  const markup = place.innerHTML;
  showMarks(place, marks);
  // The browser makes lines of the blocks and cells, which it can do only for what is on the page.
  document.body.append(place);
  // biome-ignore lint/performance/useDomNodeTextContent: its lines are what is wanted
  const text = place.innerText;
  place.remove();
  return { text, markup };
}

/** What stands before each list item of a range: its number, a dash, or nothing before the box of a task. */
function marksOf(range: Range): string[] {
  const items = [...find(document, "#conversation").querySelectorAll<HTMLLIElement>(".markdown li")];
  return items
    .filter((item) => range.intersectsNode(item))
    .map((item) => {
      if (item.matches(".task")) return "";
      const list = item.parentElement;
      return list instanceof HTMLOListElement ? `${list.start + [...list.children].indexOf(item)}. ` : "- ";
    });
}

/** Writes the marks of list items, which are no text, as text. A paragraph of a tight list is no paragraph of its own. */
function showMarks(place: HTMLElement, marks: string[]): void {
  const items = [...place.querySelectorAll(".markdown li")];
  if (items.length !== marks.length) return;
  items.forEach((item, i) => {
    const mark = document.createElement("span");
    mark.className = "mark-of-item";
    mark.textContent = "  ".repeat(items.filter((outer) => outer !== item && outer.contains(item)).length) + marks[i];
    const first = item.firstElementChild;
    (first?.matches("p") ? first : item).prepend(mark);
  });
  for (const paragraph of place.querySelectorAll(".tight > li > p")) {
    const line = document.createElement("div");
    line.append(...paragraph.childNodes);
    paragraph.replaceWith(line);
  }
}

/** The part of a selection that is within an element; undefined if none is. */
function within(root: Element, selected: Range): Range | undefined {
  const range = selected.cloneRange();
  if (range.collapsed || !range.intersectsNode(root)) return undefined;
  if (!root.contains(range.startContainer)) range.setStart(root, 0);
  if (!root.contains(range.endContainer)) range.setEnd(root, root.childNodes.length);
  // A formula is one thing.
  const formula = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest(".math");
  const [first, last] = [formula(range.startContainer), formula(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  return range.collapsed ? undefined : range;
}

/** A copy of what is meant, within copies of the elements around it, which say how its lines break. */
function meant(range: Range): Node {
  let part: Node = range.cloneContents();
  const { commonAncestorContainer: common } = range;
  let around = common instanceof Element ? common : common.parentElement;
  for (; around && around.id !== "conversation"; around = around.parentElement) {
    const outer = around.cloneNode(false) as Element;
    outer.append(part);
    part = outer;
  }
  const whole = document.createElement("div");
  whole.append(part);
  for (const formula of whole.querySelectorAll(".math")) formula.replaceChildren(sourceOf(formula));
  for (const code of whole.querySelectorAll(".code code")) code.replaceChildren(code.textContent.replace(/\n$/, ""));
  for (const element of whole.querySelectorAll(notMeant)) element.remove();
  return whole;
}

/** A formula as the model wrote it. One that is not typeset yet shows its source. */
function sourceOf(formula: Element): string {
  const source = formula.querySelector("annotation")?.textContent ?? formula.textContent;
  const mark = formula.classList.contains("display") ? "$$" : "$";
  return `${mark}${source}${mark}`;
}
