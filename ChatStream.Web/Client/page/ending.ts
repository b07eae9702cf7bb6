import type { Answer } from "../stream/answer";
import type { Failure } from "../stream/events";
import { clone, find } from "./dom";
import { countDown, duration, hasWord, word } from "./words";

/** Puts the server's words for this end in place. */
export function showEnding(place: HTMLElement, answer: Answer): void {
  place.replaceChildren(...clone("endings", `[data-ending="${endingKey(answer)}"]`).childNodes);
  showCategories(place, answer.failure);
  if (answer.failure?.retryAfter) holdRetry(place, answer.failure.retryAfter);
}

/** Of an answer that the server has rendered: goes on with the countdown where it stands. */
export function resumeCountdown(article: HTMLElement): void {
  const countdown = article.querySelector<HTMLElement>(".countdown[data-left]");
  const left = Number(countdown?.dataset["left"]);
  countdown?.removeAttribute("data-left");
  if (left > 0) holdRetry(find(article, ".ending"), left);
}

/** Until it makes sense. */
function holdRetry(place: HTMLElement, seconds: number): void {
  const retry = place.querySelector<HTMLButtonElement>('[data-action="retry"]');
  const countdown = place.querySelector<HTMLElement>(".countdown");
  if (!retry || !countdown) return;
  countDown(seconds, (left) => {
    find(countdown, "[data-seconds]").textContent = duration(left);
    countdown.hidden = left === 0;
    retry.disabled = left > 0;
  });
}

/** What the content filter found, read as the server does in Ending.CategoriesOf. */
function showCategories(place: HTMLElement, failure: Failure | undefined): void {
  const line = place.querySelector<HTMLElement>(".categories");
  const [, found] = failure?.message.split(": ", 2) ?? [];
  if (!line || !found) return;
  const names = found.replace(/\.$/, "").split(", ");
  find(line, "[data-categories]").textContent = names
    .map((name) => (hasWord(`category.${name}`) ? word(`category.${name}`) : name))
    .join(word("script.list"));
  line.hidden = false;
}

/** The same key as the server forms in Ending.KeyOf. */
function endingKey(answer: Answer): string {
  if (!answer.finish) return "gone";
  return answer.finish === "failed" && answer.failure ? `failed.${answer.failure.code}` : answer.finish;
}
