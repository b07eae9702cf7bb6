/** A letter has at most this many accents and other marks. The time to lay out a run of them grows with its square. */
const most = 50;

/** Marks, and two letters, of Thai and of Lao, that are laid out as one with the letter before them. */
const mark = "[\\p{M}\u0e33\u0eb3]";
const isMark = new RegExp(`^${mark}$`, "u");
const hasMark = new RegExp(mark, "u");
const tooMany = new RegExp(`(${mark}{${most}})(${mark}+)`, "u");

/** A text in parts, each with the marks that follow it and are too many. Same as `StackedMarks` of the server. */
export function partsOf(text: string): { text: string; marks: string }[] {
  const parts: { text: string; marks: string }[] = [];
  let rest = text;
  for (let found = tooMany.exec(rest); found; found = tooMany.exec(rest)) {
    const [whole, kept = "", marks = ""] = found;
    parts.push({ text: rest.slice(0, found.index) + kept, marks });
    rest = rest.slice(found.index + whole.length);
  }
  if (rest || parts.length === 0) parts.push({ text: rest, marks: "" });
  return parts;
}

/** Drops the marks that are too many from a text that arrives in pieces. An ellipsis shows where. */
export class MarkLimit {
  #run = 0;

  take(piece: string): string {
    if (this.#run === 0 && !hasMark.test(piece)) return piece;
    let taken = "";
    for (const character of piece) {
      this.#run = isMark.test(character) ? this.#run + 1 : 0;
      if (this.#run <= most) taken += character;
      else if (this.#run === most + 1) taken += "…";
    }
    return taken;
  }
}
