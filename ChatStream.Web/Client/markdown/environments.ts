/** The environments that are formulas. Those of the first group cannot stand within a line. */
const displayed = /^(?:(?:fl)?align|alignat|equation|gather|multline|eqnarray|CD)\*?$/;
const others = /^(?:(?:align|alignat|gather)ed|split|[dr]?cases|(?:[bBpvV]?|small)matrix|d?array)$/;
const begin = /^\\begin\{([a-zA-Z]+\*?)\}/;
const longestBegin = 24;

/** The closing mark of the environment that begins at a place. */
export function environmentAt(text: string, at: number): { readonly closing: string; readonly display: boolean } | undefined {
  if (!text.startsWith("\\begin{", at)) return;
  const name = begin.exec(text.slice(at, at + longestBegin))?.[1];
  if (!name || !(displayed.test(name) || others.test(name))) return;
  return { closing: `\\end{${name}}`, display: displayed.test(name) };
}
