/** The last search for each mark, so that a thousand opening marks do not each search for the same closing one. */
const searches = new Map<string, { text: string; from: number; at: number }>();

/** The place of a mark at or after another place; infinity if there is none. */
export function nextOf(mark: string, text: string, from: number): number {
  const last = searches.get(mark);
  if (last && last.text === text && last.from <= from && from <= last.at) return last.at;
  const found = text.indexOf(mark, from);
  const at = found < 0 ? Number.POSITIVE_INFINITY : found;
  searches.set(mark, { text, from, at });
  return at;
}
