import { isLong } from "../../mirrored/long";
import {
  CodeNode,
  find,
  isSafe,
  mailAt,
  markdownExtras,
  otherHost,
  plainNodes,
  showInstead,
  site,
  siteEnd,
  sourceOf,
} from "./given";

/** A longer text stays as it was typed, and so does what comes after so many links and blocks of code. */
const longest = 32_000;
const mostLinks = 500;
const mostBlocks = 100;

const shown = new WeakSet<Element>();

/**
 * Shows a message of the user as it was typed, but with code and links. No other Markdown applies: what else was typed stays,
 * with its spaces and line breaks. A long message is folded.
 */
export function showTyped(article: HTMLElement): void {
  const text = find(article, ".text");
  const source = sourceOf(article);
  article.dataset["long"] = String(isLong(source));
  if (shown.has(text) || source.length > longest) return;
  shown.add(text);
  if (!/[`@]|~~~|:\/\/|www\./i.test(source)) return;
  showInstead(text, new Typed().read(source));
  text.classList.add("typed");
}

/** Shows all of a long message, or only its beginning. */
export function unfold(article: HTMLElement, button: HTMLElement): void {
  const isOpen = article.toggleAttribute("data-open");
  button.ariaExpanded = String(isOpen);
  if (!isOpen) article.scrollIntoView({ block: "nearest" });
}

const opening = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;

class Typed {
  readonly #all = document.createDocumentFragment();
  #links = 0;
  #blocks = 0;

  read(source: string): DocumentFragment {
    const lines = source.split(/(?<=\n)/);
    let plain = "";
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at]!;
      const [, fence, info] = opening.exec(line.trimEnd()) ?? [];
      if (!fence || at === lines.length - 1 || this.#blocks >= mostBlocks) {
        plain += line;
        continue;
      }
      this.#text(plain);
      plain = "";
      const from = ++at;
      while (at < lines.length && !closes(lines[at]!, fence)) at++;
      this.#code(info ?? "", lines.slice(from, at).join(""));
    }
    this.#text(plain);
    return this.#all;
  }

  #code(info: string, code: string): void {
    this.#blocks++;
    this.#all.append(new CodeNode(info, code, true, markdownExtras).create());
  }

  #text(text: string): void {
    for (const line of text.split(/(?<=\n)/)) this.#line(line);
  }

  /** Shows code between equal runs of backticks. What is around it may have links. */
  #line(line: string): void {
    const runs = [...line.matchAll(/`+/g)];
    const last = new Map(runs.map((run) => [run[0].length, run.index]));
    let from = 0;
    for (let i = 0; i < runs.length; i++) {
      const { 0: run, index } = runs[i]!;
      if (last.get(run.length)! <= index) continue;
      const begin = index + run.length;
      do i++;
      while (runs[i]![0].length !== run.length);
      const end = runs[i]!.index;
      this.#linked(line.slice(from, index));
      const code = document.createElement("code");
      code.dir = "ltr";
      code.append(...plainNodes(line.slice(begin, end)));
      this.#all.append(code);
      from = end + run.length;
    }
    this.#linked(line.slice(from));
  }

  #linked(text: string): void {
    let from = 0;
    for (const { 0: sign, index } of text.matchAll(/(?<![a-z0-9+.-])https?:\/\/|www\.|\[|@/gi)) {
      if (index < from || this.#links >= mostLinks) continue;
      const link = linkAt(text, index, sign, from);
      if (!link) continue;
      this.#links++;
      this.#all.append(...plainNodes(text.slice(from, link.begin)), link.element);
      from = link.end;
    }
    if (from < text.length) this.#all.append(...plainNodes(text.slice(from)));
  }
}

function closes(line: string, fence: string): boolean {
  const run = closing.exec(line.trimEnd())?.[1];
  return run !== undefined && run[0] === fence[0] && run.length >= fence.length;
}

const named = /\[([^[\]\n]{1,500})\]\(((?:https?:\/\/|mailto:)[^\s()<>]{1,2000})\)/iy;

/** A name before the host may look like another host. */
const withName = /^\w+:\/\/[^/?#]*@/;

interface Link {
  readonly element: HTMLElement;
  readonly begin: number;
  readonly end: number;
}

/** The link whose sign stands at an index. @param from Where it may begin at the earliest. */
function linkAt(text: string, index: number, sign: string, from: number): Link | undefined {
  let [shown, address, begin, end] = ["", "", index, 0];
  if (sign === "[") {
    named.lastIndex = index;
    const found = named.exec(text);
    // An image stays as it was typed.
    if (!found || text[index - 1] === "!") return;
    [shown, address, end] = [found[1]!, found[2]!, named.lastIndex];
  } else if (sign.includes(":")) {
    end = siteEnd(text, index + sign.length) ?? 0;
    if (!end) return;
    shown = address = text.slice(index, end);
  } else {
    const bare = sign === "@" ? mailAt(text, index, from) : site(text, index);
    if (!bare) return;
    [begin, end] = [bare.from, bare.to];
    shown = text.slice(begin, end);
    address = bare.scheme + shown;
  }
  if (!isSafe(address)) return;
  const element = document.createElement("a");
  element.setAttribute("href", address);
  element.target = "_blank";
  element.rel = "noopener noreferrer";
  element.append(...plainNodes(shown));
  const host = sign === "[" || withName.test(address) ? otherHost(shown, address) : undefined;
  if (host) {
    const note = document.createElement("span");
    note.dir = "ltr";
    note.textContent = `(${host})`;
    element.append(" ", note);
  }
  return { element, begin, end };
}
