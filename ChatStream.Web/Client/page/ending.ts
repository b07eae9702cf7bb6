import type { Answer } from "../stream/answer";
import { clone, find } from "./dom";
import { countDown, duration } from "./words";

/** Puts the server's words for this end in place; the countdown runs until Retry makes sense. */
export function showEnding(place: HTMLElement, key: string, retryAfter: number | undefined): void {
  place.replaceChildren(...clone("endings", `[data-ending="${key}"]`).childNodes);
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

/** The same key as the server forms in Ending.KeyOf. */
export function endingKey(answer: Answer): string {
  if (!answer.finish) return "gone";
  return answer.finish === "failed" && answer.failure ? `failed.${answer.failure.code}` : answer.finish;
}
