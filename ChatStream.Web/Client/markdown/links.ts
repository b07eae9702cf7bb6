const allowed = ["http:", "https:", "mailto:"];

/** Control characters and spaces: browsers drop some of them before they read the scheme, so no address may have one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what it is for
const ignored = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** True if the page may link to an address: it is absolute, and its scheme runs no script. */
export function isSafe(address: string): boolean {
  if (ignored.test(address)) return false;
  try {
    return allowed.includes(new URL(address).protocol) && /^(?:https?:\/\/|mailto:)/i.test(address);
  } catch {
    return false;
  }
}
