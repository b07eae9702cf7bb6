import { keptTyped } from "./given";

/** What was typed into a field and neither saved nor cancelled, by what the field is of and its name. */
let kept: Map<string, Map<string, string>> | undefined;

/** With what the page before has kept for this one. */
function all(): Map<string, Map<string, string>> {
  if (kept) return kept;
  const given = JSON.parse(keptTyped.read("") || "[]") as [place: string, texts: [name: string, text: string][]][];
  keptTyped.write("", "");
  return (kept = new Map(given.map(([place, texts]) => [place, new Map(texts)])));
}

/** Keeps all of it for the next page of this tab. */
export const keepForNextPage = () => keptTyped.write("", JSON.stringify([...all()].map(([place, texts]) => [place, [...texts]])));

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Keeps what is typed into a field until it is saved, cancelled, or typed back to what was saved. What was typed when Escape
 * closed the form is there again.
 * Returns true if something is.
 * @param place What the form is of, such as a message.
 */
export function keepTyped(place: string, field: Field, name = field.name): boolean {
  const typed = all().get(place)?.get(name);
  // What was refused is in the field, too, and is not what is saved.
  const saved = typed === field.value ? undefined : field.value;
  field.addEventListener("input", () => {
    const texts = all().get(place) ?? new Map<string, string>();
    if (field.value === saved) texts.delete(name);
    else texts.set(name, field.value);
    all().set(place, texts);
  });
  if (typed === undefined || saved === undefined) return false;
  field.value = typed;
  return true;
}

/** Call it when what was typed was saved, or is given up. */
export const forgetTyped = (place: string) => void all().delete(place);
