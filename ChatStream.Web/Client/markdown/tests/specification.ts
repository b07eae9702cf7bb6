import spec from "commonmark-spec/spec.txt";
import MarkdownIt from "markdown-it";
import { bare, numbers, shape, split, stream, units } from "./drive";

/** Differs on purpose: brackets that the specification escapes are math here. */
const escapedBrackets = 12;

interface Example {
  number: number;
  markdown: string;
}

function examples(): Example[] {
  const found = spec.replace(/\r\n/g, "\n").matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$/gm);
  return [...found].map(([, markdown], i) => ({ number: i + 1, markdown: markdown!.replaceAll("→", "\t") }));
}

/** Compares each example, in one piece and in pieces, with what markdown-it itself renders. */
export function specification(): { compared: number; failures: string[] } {
  const md = new MarkdownIt({ html: false, linkify: true });
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  md.validateLink = () => true;
  const failures: string[] = [];
  const all = examples();
  for (const { number, markdown } of all) {
    if (number === escapedBrackets) continue;
    const expected = normalised(new DOMParser().parseFromString(md.render(markdown), "text/html").body);
    for (const pieces of [[markdown], units(markdown), split(markdown, numbers(number), 7)]) {
      const got = normalised(stream(pieces, bare));
      if (got !== expected) failures.push(`${number}: ${JSON.stringify(markdown)}\n  expected ${expected}\n  got      ${got}`);
    }
  }
  return { compared: all.length - 1, failures: [...new Set(failures)] };
}

/**
 * The part that both must agree on. Both use the short table of entities. The renderer differs on purpose: a link that is not
 * safe is shown as its text, an image is a link, code and tables have frames, and tight lists keep their paragraphs.
 */
function normalised(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement;
  const each = <T extends Element = HTMLElement>(selector: string, action: (element: T) => void) =>
    copy.querySelectorAll<T>(selector).forEach(action);
  each(".code", (frame) => {
    const pre = document.createElement("pre");
    const code = pre.appendChild(document.createElement("code"));
    code.textContent = frame.querySelector("code")!.textContent;
    frame.replaceWith(pre);
  });
  each("div.table", (frame) => frame.replaceWith(...frame.childNodes));
  each("ul, ol", (list) => {
    if (list.classList.contains("tight"))
      for (const p of list.querySelectorAll(":scope > li > p")) p.replaceWith(...p.childNodes);
  });
  each<HTMLImageElement>("img", (image) => {
    const address = image.getAttribute("src") ?? "";
    const shown = document.createElement("a");
    shown.setAttribute("href", address);
    if (image.title) shown.title = image.title;
    shown.textContent = image.alt || address;
    image.replaceWith(shown);
  });
  // Within an image, one keeps elements where the other keeps only their text.
  each<HTMLAnchorElement>("a", (anchor) => {
    const address = anchor.getAttribute("href") ?? "";
    if (!/^(?:https?:\/\/|mailto:)/i.test(address) || anchor.querySelector("a") || anchor.parentElement?.closest("a"))
      anchor.replaceWith(...anchor.childNodes);
  });
  each("span", (span) => span.replaceWith(...span.childNodes));
  each("*", (element) => {
    for (const { name } of [...element.attributes]) if (!["href", "title", "start"].includes(name)) element.removeAttribute(name);
  });
  copy.normalize();
  return shape(copy)
    .replace(/^<[^>]*>/, "")
    .replaceAll("\\n", " ")
    .replace(/ +/g, " ")
    .replace(/" | "/g, '"')
    .replaceAll('""', "");
}
