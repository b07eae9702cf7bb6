import katex from "katex";
import type { Typeset } from "./extras";
import { mayTypeset } from "./formula";
import { commands, translated } from "./translated";
import { boxWideParts } from "./wide";

/** What a formula may become. A browser crashes on elements that nest some thousand deep, and stops for very many. */
const mostElements = 6_000;
const deepestElement = 250;

/** The library throws on an error. If it showed the error itself, it would set a style attribute, which the page forbids. */
export const typeset: Typeset = (element, formula, displayMode) => {
  if (!mayTypeset(formula)) return 0;
  try {
    // Apart from the page, so that nothing of a refused formula is laid out.
    const place = document.createElement("span");
    katex.render(translated(formula, displayMode), place, {
      displayMode,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      macros: { ...commands },
      maxExpand: 200,
      maxSize: 20,
      output: "htmlAndMathml",
    });
    const elements = place.getElementsByTagName("*").length;
    if (elements > mostElements || depthOf(place) > deepestElement) return 0;
    if (!displayMode) boxWideParts(place);
    element.replaceChildren(...place.childNodes);
    return elements;
  } catch {
    return 0;
  }
};

function depthOf(root: Element): number {
  let deepest = 0;
  let depth = 0;
  for (let at: Element | null = root; at; ) {
    deepest = Math.max(deepest, depth);
    if (at.firstElementChild) {
      at = at.firstElementChild;
      depth++;
      continue;
    }
    while (at && at !== root && !at.nextElementSibling) {
      at = at.parentElement;
      depth--;
    }
    at = at === root ? null : (at?.nextElementSibling ?? null);
  }
  return deepest;
}
