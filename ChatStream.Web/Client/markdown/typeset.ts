import katex from "katex";
import type { Typeset } from "./extras";

/** The library throws on an error. If it showed the error itself, it would set a style attribute, which the page forbids. */
export const typeset: Typeset = (element, formula, displayMode) => {
  try {
    katex.render(formula, element, {
      displayMode,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: 200,
      maxSize: 20,
      output: "htmlAndMathml",
    });
    return true;
  } catch {
    return false;
  }
};
