import { names } from "./character-names";

/**
 * All named characters of HTML. In the table a word is a name, and its number how far its character is from the one before it.
 * Without a number it is the next character.
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

const all = read();

/** The character of a reference such as `&lfloor;`; undefined if there is none. */
export const characterOf = (reference: string): string | undefined => all.get(reference.slice(1, -1));
