import type { Answer } from "../stream/answer";
import type { Failure } from "../stream/events";
import { clone, find } from "./dom";
import { countDown, duration, hasWord, word } from "./words";

/** Puts the server's words for this end in place; the countdown runs until Retry makes sense. */
export function showEnding(place: HTMLElement, answer: Answer): void {
  place.replaceChildren(...clone("endings", `[data-ending="${endingKey(answer)}"]`).childNodes);
  showCategories(place, answer.failure);
  const retryAfter = answer.failure?.retryAfter;
  if (!retryAfter) return;
  const retry = place.querySelector<HTMLButtonElement>('[data-action="retry"]');
  const countdown = place.querySelector<HTMLElement>(".countdown");
  if (!retry || !countdown) return;
  countDown(retryAfter, (left) => {
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
