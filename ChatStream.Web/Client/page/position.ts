import { goToEnd, stayHere } from "./scroll";

/** Where a conversation was scrolled to: a message and how far its top is from the top of the window. Undefined: the end. */
export interface Position {
  messageId: string;
  top: number;
}

/** This near to the end counts as at the end, in CSS pixels. */
const slack = 64;
const root = document.documentElement;

export function readPosition(articles: readonly HTMLElement[]): Position | undefined {
  if (root.scrollHeight - window.innerHeight - window.scrollY <= slack) return undefined;
  const seen = articles.find((article) => article.getBoundingClientRect().bottom > 0);
  const messageId = seen?.dataset["messageId"];
  return seen && messageId ? { messageId, top: seen.getBoundingClientRect().top } : undefined;
}

/** Scrolls to where a message was. Messages that came or grew above it do not matter. */
export function restorePosition(article: HTMLElement | undefined, position: Position | undefined): void {
  if (!article || !position) return goToEnd();
  window.scrollTo(0, window.scrollY + article.getBoundingClientRect().top - position.top);
  stayHere();
}

/** Scrolls to a message that the user looked for, and marks it until another one is. */
export function showFound(article: HTMLElement): void {
  for (const earlier of document.querySelectorAll("article.found")) earlier.classList.remove("found");
  article.classList.add("found");
  const fits = article.getBoundingClientRect().height < window.innerHeight / 2;
  article.scrollIntoView({ block: fits ? "center" : "start" });
  stayHere();
}
