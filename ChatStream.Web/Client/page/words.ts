import { find } from "./dom";

/** A word or sentence of the page, from the server's view; `{0}` is replaced. */
export function word(name: string, ...values: string[]): string {
  const { content } = find<HTMLTemplateElement>(document, "template#words");
  const text = find(content, `[data-word="${name}"]`).textContent;
  return values.reduce((all, value, i) => all.replace(`{${i}}`, value), text);
}

/** "12 s", "1:05", "24:00:00". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

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
