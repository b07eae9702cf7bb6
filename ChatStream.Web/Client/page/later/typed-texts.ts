/** What was typed into a field and neither saved nor cancelled, by what the field is of and its name. */
const kept = new Map<string, Map<string, string>>();

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Keeps what is typed into a field until it is saved, cancelled, or typed back to what was saved. What was typed when Escape
 * closed the form is there again.
 * Returns true if something is.
 * @param place What the form is of, such as a message.
 */
export function keepTyped(place: string, field: Field, name = field.name): boolean {
  const typed = kept.get(place)?.get(name);
  // What was refused is in the field, too, and is not what is saved.
  const saved = typed === field.value ? undefined : field.value;
  field.addEventListener("input", () => {
    const texts = kept.get(place) ?? new Map<string, string>();
    if (field.value === saved) texts.delete(name);
    else texts.set(name, field.value);
    kept.set(place, texts);
  });
  if (typed === undefined || saved === undefined) return false;
  field.value = typed;
  return true;
}

/** Call it when what was typed was saved, or is given up. */
export const forgetTyped = (place: string) => void kept.delete(place);
