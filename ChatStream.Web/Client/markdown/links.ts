const allowed = ["http:", "https:", "mailto:"];

/** Control characters and spaces are what browsers leave out of an address before they look for its scheme. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what it is for
const ignored = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** Whether the page links to an address: whole, and of a scheme that runs nothing. */
export function isSafe(address: string): boolean {
  if (ignored.test(address)) return false;
  try {
    return allowed.includes(new URL(address).protocol) && /^(?:https?:\/\/|mailto:)/i.test(address);
  } catch {
    return false;
  }
}
