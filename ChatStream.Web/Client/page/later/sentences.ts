import { spoken } from "./spoken";

/** Some voices stop in the middle of what is longer. */
const longestSentence = 220;

/** What is said of an answer, in pieces for a voice. Code and formulas are not spelled. */
export function sentencesOf(text: Element, code: string, formula: string): string[] {
  return pieces(spoken(text, Infinity, { code, formula }));
}

/** Cuts a text after its sentences, and long ones between words. */
export function pieces(text: string): string[] {
  const all: string[] = [];
  for (const sentence of text.split(/(?<=[.!?…]["”’)]?)\s+|(?<=[。！？])/u)) {
    let rest = sentence.trim();
    while (rest.length > longestSentence) {
      const part = rest.slice(0, longestSentence);
      const at = Math.max(part.lastIndexOf(", ") + 1, part.lastIndexOf("，") + 1, 0) || part.lastIndexOf(" ") || longestSentence;
      const end = at > 0 ? at : longestSentence;
      all.push(rest.slice(0, end).trim());
      rest = rest.slice(end).trim();
    }
    if (rest) all.push(rest);
  }
  return all;
}
