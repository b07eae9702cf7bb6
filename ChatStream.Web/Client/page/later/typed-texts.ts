/** What was typed into a field and neither saved nor cancelled, by what the field is of and its name. */
const kept = new Map<string, Map<string, string>>();

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Keeps what is typed into a field until it is saved or cancelled. What was typed when Escape closed the form is there again.
 * Returns true if something is.
 * @param place What the form is of, such as a message.
 */
export function keepTyped(place: string, field: Field, name = field.name): boolean {
  field.addEventListener("input", () => {
    const texts = kept.get(place) ?? new Map<string, string>();
    kept.set(place, texts.set(name, field.value));
  });
  const typed = kept.get(place)?.get(name);
  if (typed === undefined || typed === field.value) return false;
  field.value = typed;
  return true;
}

/** Call it when what was typed was saved, or is given up. */
export const forgetTyped = (place: string) => void kept.delete(place);
