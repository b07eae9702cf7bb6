/** Replaces the package `entities` in the bundle: it holds the same names, and is half as large. */
import { names } from "./entity-names";

let table: Map<string, string> | undefined;

/**
 * Reads the names: a word is a name, and its number how far its character is from the one before it. Without a number it is
 * the next character.
 */
function read(): Map<string, string> {
  const all = new Map<string, string>();
  for (const [second, words] of names) {
    let code = 0;
    for (const word of words.split(" ")) {
      const [, distance, name] = /^(\d*)(.+)$/.exec(word)!;
      code += distance ? Number(distance) : 1;
      all.set(name!, String.fromCodePoint(code) + second);
    }
  }
  return all;
}

/** The text of one reference, such as `&amp;` or `&#65;`. */
export function decodeHTMLStrict(reference: string): string {
  const numeric = /^&#(?:x([\da-f]+)|(\d+));$/i.exec(reference);
  if (!numeric) return (table ??= read()).get(reference.slice(1, -1)) ?? reference;
  const code = numeric[1] ? parseInt(numeric[1], 16) : Number(numeric[2]);
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}
