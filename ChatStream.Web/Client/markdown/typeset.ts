import katex from "katex";
import type { Typeset } from "./extras";

/** Errors are caught rather than shown by the library, which would set a style attribute. */
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
