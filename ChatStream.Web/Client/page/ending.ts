import { endingKey } from "../mirrored/ending-key";
import type { Answer } from "../stream/answer";
import { categoriesOf, type Failure } from "../stream/events";
import { believable } from "../stream/problem";
import { clone, find } from "./dom";
import { countDown, duration, hasWord, word } from "./words";

/**
 * Why this page has no end of an answer. `gone`: the server does not have the answer. `signed-out`: a proxy is in the way.
 * `unstopped`: the user has stopped it, and the server cannot be reached.
 */
export type Lost = "gone" | "signed-out" | "unstopped";

const countdowns = new Set<() => void>();

/** Shows how an answer ended, with a copy of the server's markup for that end. */
export function showEnding(place: HTMLElement, answer: Answer, lost: Lost): void {
  const { finish, failure } = answer;
  const key = finish ? endingKey(finish, failure) : lost;
  place.replaceChildren(...clone("endings", `[data-ending="${key}"]`).childNodes);
  showCategories(place, failure);
  if (failure?.retryAfter) holdRetry(place, failure.retryAfter);
}

/** Continues the countdown of an ending that the server rendered. */
export function resumeCountdown(article: HTMLElement): void {
  const countdown = article.querySelector<HTMLElement>(".countdown[data-left]");
  const left = Number(countdown?.dataset["left"]);
  countdown?.removeAttribute("data-left");
  if (left > 0) holdRetry(find(article, ".ending"), left);
}

/** Disables Retry until the model may be asked again, and counts down. */
function holdRetry(place: HTMLElement, seconds: number): void {
  const retry = place.querySelector<HTMLButtonElement>('[data-action="retry"]');
  const countdown = place.querySelector<HTMLElement>(".countdown");
  if (!retry || !countdown) return;
  countdowns.add(
    countDown(believable(seconds), (left) => {
      find(countdown, "[data-seconds]").textContent = duration(left);
      countdown.hidden = left === 0;
      retry.disabled = left > 0;
    }),
  );
}

/** Call it when the answers with countdowns are no longer shown. */
export function endCountdowns(): void {
  for (const end of countdowns) end();
  countdowns.clear();
}

/** Shows what the content filter found. */
function showCategories(place: HTMLElement, failure: Failure | undefined): void {
  const line = place.querySelector<HTMLElement>(".categories");
  const names = categoriesOf(failure);
  if (!line || names.length === 0) return;
  find(line, "[data-categories]").textContent = names
    .map((name) => rated(wordOf("category", name), failure?.severities?.[name]))
    .join(word("script.list"));
  line.hidden = false;
}

function rated(category: string, severity: unknown): string {
  return typeof severity === "string" ? word("script.rated", category, wordOf("severity", severity)) : category;
}

const wordOf = (kind: string, name: string) => (hasWord(`${kind}.${name}`) ? word(`${kind}.${name}`) : name);
