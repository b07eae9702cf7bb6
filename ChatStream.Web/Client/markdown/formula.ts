/** Bounds on the source of a formula, in UTF-16 units, levels and cells. What is beyond them is shown as its source. */
const longestFormula = 4_000;
const deepestFormula = 50;
const mostCells = 500;

/** Commands that define others: with them, a few characters become millions. No answer needs them. */
const defines = /\\(?:[egx]?def|let|futurelet|global|long|(?:re|provide)?newcommand|renewcommand|providecommand)(?![a-zA-Z@])/;

/** A command, an escaped character, or a character with a meaning. */
const step = /\\(?:[a-zA-Z@]+|[\s\S])|[{}[\]&]/g;

const opens = new Set(["{", "\\begin", "\\left", "\\bgroup", "\\begingroup"]);
const closes = new Set(["}", "\\end", "\\right", "\\egroup", "\\endgroup"]);
const separates = new Set(["&", "\\\\", "\\cr", "\\newline"]);

/** True if the library may read a formula: it is short, flat, and defines nothing. */
export function mayTypeset(formula: string): boolean {
  if (formula.length > longestFormula || defines.test(formula)) return false;
  let depth = 0;
  let cells = 0;
  // Only the brackets of optional arguments nest. Others, as in [0, 1), need not close.
  let brackets = 0;
  let before = "";
  for (const [found] of formula.matchAll(step)) {
    if (opens.has(found)) depth++;
    else if (closes.has(found)) depth = Math.max(0, depth - 1);
    else if (separates.has(found)) cells++;
    else if (found === "[" && /^\\(?:sqrt|x)/.test(before)) brackets++;
    else if (found === "]") brackets = Math.max(0, brackets - 1);
    if (depth + brackets > deepestFormula || cells > mostCells) return false;
    before = found;
  }
  return true;
}

/** How much may be typeset in one answer. */
const mostFormulas = 1_000;
const mostElements = 60_000;

/** Counts the formulas of one answer. */
export class FormulaBudget {
  #formulas = 0;
  #elements = 0;

  get isLeft(): boolean {
    return this.#formulas < mostFormulas && this.#elements < mostElements;
  }

  spend(elements: number): void {
    this.#formulas++;
    this.#elements += elements;
  }
}
