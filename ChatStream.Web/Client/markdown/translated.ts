/** Environments that the library does not know, and what shows the same, or nearly. */
const known: Readonly<Record<string, readonly [name: string, columns: string]>> = {
  flalign: ["align", ""],
  multline: ["gather", ""],
  eqnarray: ["array", "{rcl}"],
};
const unknown = /\\(begin|end)\{(flalign|multline|eqnarray)(\*?)\}/g;

/** What stands by itself only, and what may stand within a line. */
const within: Readonly<Record<string, string>> = { align: "{aligned}", gather: "{gathered}", equation: "" };
const byItself = /\\(begin|end)\{(align|gather|equation)\*?\}/g;

/** A percent sign would begin a comment, and the rest of the line would be lost. */
const percent = /(?<=(?:^|[^\\])(?:\\\\)*)%/g;

/** Text and tags with signs that have a meaning in formulas, as in `\text{max_tokens}`. Text with formulas of its own stays. */
const text = /\\(text[a-z]{0,4}|tag\*?)\s*\{([^{}$]*)\}/g;
const signs = /(?<!\\)[_&#]/g;

/** A formula as models write it, made into one that the library reads. */
export function translated(formula: string, displayMode: boolean): string {
  const source = formula
    .replace(/\\label\{[^{}]*\}/g, "")
    .replace(/\\(?:eq)?ref\{([^{}]*)\}/g, "(\\text{$1})")
    .replace(percent, "\\%")
    .replace(text, (_, name: string, content: string) => `\\${name}{${content.replace(signs, "\\$&")}}`)
    .replace(unknown, (_, side: string, name: string, star: string) => {
      const [other, columns] = known[name]!;
      return `\\${side}{${other}${columns ? "" : star}}${side === "begin" ? columns : ""}`;
    });
  if (displayMode) return source;
  return source
    .replace(/\\tag\*?\{([^{}]*)\}/g, "\\quad(\\text{$1})")
    .replace(byItself, (_, side: string, name: string) => within[name]! && `\\${side}${within[name]}`);
}

/** Commands of packages that people use beside those that the library knows. Each uses what it is given once. */
export const commands: Readonly<Record<string, string>> = {
  "\\abs": "\\left|#1\\right|",
  "\\norm": "\\left\\|#1\\right\\|",
  "\\hdots": "\\ldots",
  "\\mathds": "\\mathbb{#1}",
  "\\mbox": "\\text{#1}",
  "\\textsc": "\\text{#1}",
  "\\dd": "\\mathrm{d}",
  "\\dv": "\\frac{\\mathrm{d}#1}{\\mathrm{d}#2}",
  "\\pdv": "\\frac{\\partial #1}{\\partial #2}",
  "\\nicefrac": "{#1}/{#2}",
  "\\sfrac": "{#1}/{#2}",
  "\\euro": "\\text{€}",
  "\\hfill": "\\quad",
  "\\noindent": "",
};
