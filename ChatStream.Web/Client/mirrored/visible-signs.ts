/** Turns of direction, signs without width, and the pairs of U+E0000 to U+E007F, which repeat ASCII unseen. */
const hidden = /[\u200b\u202a-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udc7f]/g;

/** A text in which signs that turn its direction or cannot be seen are written as JSON writes them: `\u202e`. */
export function visibleSigns(text: string): string {
  return text.replace(hidden, (signs) =>
    Array.from({ length: signs.length }, (_, i) => `\\u${signs.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
