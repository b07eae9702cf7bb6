/**
 * Bounds on the code that the highlighter may read. It cannot be interrupted, and on hostile code its time grows with the
 * square of the length of a line or of a run without white space, or faster. In UTF-16 units.
 */
const longestCode = 32_000;
const longestLine = 2_000;
const mostWork = 8_000_000;

/** Languages with expressions that are slower still. */
const shorter: Readonly<Record<string, number>> = { Markdown: 2_000 };

/** @param name The highlighter's own name of the language, which is the same for all of its aliases. */
export function mayHighlight(code: string, name: string): boolean {
  if (code.length > (shorter[name] ?? longestCode)) return false;
  let work = 0;
  for (const line of code.split("\n")) {
    work += line.length * line.length;
    if (line.length > longestLine || work > mostWork) return false;
  }
  return true;
}
