import { languageName } from "../languages";
import { Outline } from "../outline";
import { shape } from "./drive";

/**
 * What two renderers of Markdown must agree on. It leaves out what ChatStream does on purpose everywhere: each line break is
 * one, headings stand below those of the page, an image is a link, a link that is not safe is its text, code and tables have
 * frames, tight lists keep their paragraphs, and blocks have directions.
 */
export function plainShape(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement;
  const each = <T extends Element = HTMLElement>(selector: string, action: (element: T) => void) =>
    [...copy.querySelectorAll<T>(selector)].forEach(action);
  const unwrap = (element: Element) => element.replaceWith(...element.childNodes);
  const renamed = (element: Element, tag: string) => {
    const other = document.createElement(tag);
    other.append(...element.childNodes);
    element.replaceWith(other);
    return other;
  };

  each(".code", (frame) => {
    const language = frame.querySelector(".code-language")!.textContent;
    const code = frame.querySelector("code")!.textContent;
    frame.replaceWith(codeBlock(language, code));
  });
  each("pre > code", (code) => {
    const language = languageName(/(?:^| )language-(\S+)/.exec(code.className)?.[1] ?? "");
    code.parentElement!.replaceWith(codeBlock(language, code.textContent));
  });
  each("div.table", unwrap);
  each("[align]", (cell) => void (cell.className = cell.getAttribute("align")!));
  each("ul, ol", (list) => {
    if (list.classList.contains("tight")) for (const p of [...list.querySelectorAll(":scope > li > p")]) unwrap(p);
  });
  each<HTMLInputElement>("input", (box) => box.replaceWith(box.hasAttribute("checked") ? "☑" : "☐"));
  const outline = new Outline();
  const isOurs = Boolean(copy.querySelector("h1, h2, h3, h4, h5, h6")?.hasAttribute("dir"));
  each("h1, h2, h3, h4, h5, h6", (heading) => {
    renamed(heading, isOurs ? heading.localName : outline.next(Number(heading.localName[1])));
  });
  each("del", (element) => void renamed(element, "s"));
  each("br", (element) => element.replaceWith("\n"));
  each<HTMLImageElement>("img", (image) => {
    const link = document.createElement("a");
    link.setAttribute("href", image.getAttribute("src") ?? "");
    if (image.getAttribute("title")) link.title = image.getAttribute("title")!;
    link.textContent = image.getAttribute("alt") || image.getAttribute("src");
    image.replaceWith(link);
  });
  // Within an image, one keeps elements where the other keeps only their text.
  each<HTMLAnchorElement>("a", (anchor) => {
    const address = anchor.getAttribute("href") ?? "";
    if (!/^(?:https?:\/\/|mailto:)/i.test(address) || /\s/.test(address) || anchor.parentElement?.closest("a")) unwrap(anchor);
  });
  each("span", unwrap);
  each("*", (element) => {
    for (const { name, value } of [...element.attributes])
      if (!["href", "title", "start", "lang"].includes(name) && !(name === "class" && /^(?:left|right|center)$/.test(value)))
        element.removeAttribute(name);
  });
  copy.normalize();
  return shape(copy)
    .replace(/^<[^>]*>/, "")
    .replaceAll("\\n", " ")
    .replace(/ +/g, " ")
    .replace(/" | "/g, '"')
    .replaceAll('""', "");
}

function codeBlock(language: string, code: string): HTMLElement {
  const pre = document.createElement("pre");
  if (language) pre.setAttribute("lang", language);
  pre.textContent = code;
  return pre;
}
