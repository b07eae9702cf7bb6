/** Turns of direction, signs without width, and the pairs of U+E0000 to U+E007F, which repeat ASCII unseen. */
const hidden = /[\u200b\u202a-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udc7f]/g;

/** White space, and signs of other scripts that look like it. */
const blanks = /[\t-\r \u0085\u00a0\u115f\u1160\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0]{9,}/g;
const lineEnds = /[\n-\r\u0085\u2028\u2029]/g;

const mostBlanks = 200;
const mostLineEnds = 8;

/**
 * A text in which signs that turn its direction or cannot be seen are written as JSON writes them: `\u202e`. Much empty space is
 * written as its length: `␣×3000`.
 */
export function visibleSigns(text: string): string {
  const shortened = text.replace(blanks, (run) =>
    run.length > mostBlanks || (run.match(lineEnds)?.length ?? 0) > mostLineEnds ? `␣×${run.length}` : run,
  );
  return shortened.replace(hidden, (signs) =>
    Array.from({ length: signs.length }, (_, i) => `\\u${signs.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
