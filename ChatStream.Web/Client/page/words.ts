import { find } from "./dom";

const { content } = find<HTMLTemplateElement>(document, "template#words");
const words = new Map(
  [...content.querySelectorAll<HTMLElement>("[data-word]")].map((element) => [element.dataset["word"]!, element.textContent]),
);
const language = document.documentElement.lang;

export const hasWord = (name: string) => words.has(name);

/** A word or sentence of the page, in its language, from the server's view; `{0}` is replaced. */
export function word(name: string, ...values: string[]): string {
  const text = words.get(name);
  if (text === undefined) throw new Error(`The page has no word for ${name}`);
  // In one pass: what is put in is not searched.
  return text.replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)] ?? "");
}

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const months = new Intl.DateTimeFormat(language, { year: "numeric", month: "long" });

export const number = (value: number) => whole.format(value);

/** "November 2026" for "2026-11". */
export const monthName = (month: string) => months.format(new Date(`${month}-15T12:00`));

/** "12 s", "1:05", "24:00:00". */
export function duration(seconds: number): string {
  if (seconds < 60) return word("script.seconds", number(seconds));
  const rest = Math.floor(seconds);
  const parts = [Math.floor(rest / 3_600), Math.floor(rest / 60) % 60, rest % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** What was measured: "0.6 s", and from ten seconds on as `duration`. */
export const measured = (seconds: number) =>
  seconds < 9.95 ? word("script.seconds", tenths.format(seconds)) : duration(seconds);

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
