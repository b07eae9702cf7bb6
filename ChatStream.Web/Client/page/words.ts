import { monthOf } from "../mirrored/days";
import { durations } from "../mirrored/durations";
import { find } from "./dom";

const { content } = find<HTMLTemplateElement>(document, "template#words");
const words = new Map(
  [...content.querySelectorAll<HTMLElement>("[data-word]")].map((element) => [element.dataset["word"]!, element.textContent]),
);
const language = document.documentElement.lang;

export const hasWord = (name: string) => words.has(name);

/** A word or sentence in the language of the page, from the server's markup. `{0}`, `{1}` … are replaced by the values. */
export function word(name: string, ...values: string[]): string {
  const text = words.get(name);
  if (text === undefined) throw new Error(`The page has no word for ${name}`);
  // In one pass, so that the values themselves are not searched.
  return text.replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)] ?? "");
}

/** The month of a day of the list, such as "November 2026"; undefined for a day that has a word. */
export const monthName = (day: string) => monthOf(day, language);

export const { number, duration } = durations(language, (value) => word("script.seconds", value));

/** Calls `tick` at once and then every half second with the seconds left, until 0. Returns a function that ends it. */
export function countDown(seconds: number, tick: (left: number) => void): () => void {
  const end = Date.now() + seconds * 1_000;
  const show = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
    if (left === 0) clearInterval(timer);
    tick(left);
  };
  const timer = setInterval(show, 500);
  show();
  return () => clearInterval(timer);
}
