/** Characters that turn the direction of all text after them, until others end it. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;

/** What is written from right to left, or marks a direction. */
const rightToLeft = /[\u0590-\u08ff\u200e\u200f\u061c\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text that stays in its own direction and turns nothing around it. The title of a window has no markup for that, so
 * characters do it. Other texts stay as they are.
 */
export function isolated(text: string): string {
  const calm = text.replace(turning, "");
  return rightToLeft.test(calm) ? `\u2068${calm}\u2069` : calm;
}
