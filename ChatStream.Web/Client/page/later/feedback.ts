import { ask, wordsOf } from "./asking";
import { announce, onKey, routes } from "./given";
import { iconButton } from "./icons";
import { laterWords } from "./later-words";
import { make } from "./make";
import { forgetTyped, keepTyped } from "./typed-texts";

type Rating = "up" | "down";

interface Kept {
  rating: Rating;
  reason?: string;
  comment?: string;
}

type Say = Awaited<ReturnType<typeof laterWords>>;

const reasons: Record<Rating, string[]> = {
  up: ["accurate", "clear", "complete", "other"],
  down: ["wrong", "incomplete", "off_task", "unclear", "refused", "harmful", "other"],
};

const filled = new WeakSet<Element>();

/** Adds the thumbs to an answer that has ended. */
export async function showFeedback(article: HTMLElement): Promise<void> {
  const place = article.querySelector<HTMLElement>(".meta > .feedback");
  if (!place || article.dataset["state"] !== "ended" || filled.has(place)) return;
  filled.add(place);
  const say = await laterWords();
  for (const rating of ["up", "down"] as const) {
    const button = iconButton(rating, say(`feedback-${rating}`));
    button.dataset["rating"] = rating;
    button.addEventListener("click", () => void rate(article, place, rating, say));
    place.append(button);
  }
  showRating(place);
}

/** Stores the rating at once, and asks why. A thumb that is pressed shows what was said. The other one leaves the comment. */
async function rate(article: HTMLElement, place: HTMLElement, rating: Rating, say: Say): Promise<void> {
  const { comment } = place.dataset;
  if (place.dataset["rating"] !== rating && !(await keep(article, place, { rating, ...(comment && { comment }) }, say))) return;
  openForm(article, place, rating, say);
}

/** What was typed into another one is kept. */
function openForm(article: HTMLElement, place: HTMLElement, rating: Rating, say: Say): void {
  const open = article.querySelector<HTMLElement>(".feedback-form");
  if (open?.dataset["rating"] === rating) return open.querySelector("textarea")?.focus();
  open?.remove();
  const chosen = place.dataset["reason"];
  const name = `reason-${article.dataset["messageId"]}`;
  const choices = reasons[rating].map((reason) =>
    make(
      "label",
      { class: "chip" },
      make("input", { type: "radio", name, value: reason, checked: reason === chosen }),
      say(`reason.${reason}`),
    ),
  );
  const comment = make("textarea", { rows: "2", dir: "auto", maxlength: "2000" });
  comment.value = place.dataset["comment"] ?? "";
  const typed = `feedback ${article.dataset["messageId"]}`;
  keepTyped(typed, comment, "comment");
  const takeBack = make("button", { type: "button", class: "quiet" }, say("feedback-remove"));
  const form = make(
    "form",
    { "class": "late feedback-form", "autocomplete": "off", "data-rating": rating },
    make("fieldset", {}, make("legend", {}, say("feedback-title")), make("div", { class: "chips" }, ...choices)),
    make("label", { class: "comment" }, make("span", {}, say("feedback-comment")), comment),
    make("p", { class: "soft" }, say("feedback-about")),
    make("p", { class: "fault", role: "alert", hidden: true }),
    make("div", { class: "controls" }, takeBack, make("button", { class: "primary" }, say("feedback-save"))),
  );
  const close = () => {
    form.remove();
    place.querySelector<HTMLElement>(`[data-rating=${rating}]`)?.focus();
  };
  const leave = () => {
    forgetTyped(typed);
    close();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = form.querySelector<HTMLInputElement>("input:checked")?.value;
    const text = comment.value.trim();
    if (await keep(article, place, { rating, ...(reason && { reason }), ...(text && { comment: text }) }, say)) leave();
  });
  onKey(form, (event) => {
    if (event.key !== "Escape") return;
    // Escape would also stop an answer.
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  takeBack.addEventListener("click", async () => {
    const removed = await ask(addressOf(article), "DELETE");
    if ("problem" in removed && removed.problem.status !== 404)
      return tell(article, wordsOf(removed.problem, say, "feedback-failed"));
    for (const key of ["rating", "reason", "comment"]) delete place.dataset[key];
    showRating(place);
    announce(say("feedback-removed"));
    leave();
  });
  article.append(form);
  form.querySelector<HTMLElement>("input")?.focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

async function keep(article: HTMLElement, place: HTMLElement, what: Kept, say: Say): Promise<boolean> {
  const kept = await ask<Kept>(addressOf(article), "PUT", what);
  if ("problem" in kept) {
    tell(article, wordsOf(kept.problem, say, "feedback-failed"));
    return false;
  }
  tell(article, "");
  const { rating, reason, comment } = kept.value!;
  Object.assign(place.dataset, { rating, reason: reason ?? "", comment: comment ?? "" });
  showRating(place);
  announce(say("feedback-kept"));
  return true;
}

/** Says below the answer, or in the form, what did not work; "": nothing. */
function tell(article: HTMLElement, words: string): void {
  article.querySelector(":scope > .fault")?.remove();
  const place = article.querySelector<HTMLElement>(".feedback-form > .fault");
  if (place) {
    place.textContent = words;
    place.hidden = !words;
  } else if (words) article.append(make("p", { class: "late fault", role: "alert" }, words));
}

function showRating(place: HTMLElement): void {
  for (const button of place.querySelectorAll<HTMLElement>("button"))
    button.ariaPressed = String(button.dataset["rating"] === place.dataset["rating"]);
}

function addressOf(article: HTMLElement): string {
  const conversationId = document.querySelector<HTMLInputElement>("#composer [name=conversationId]")?.value ?? "";
  return `${routes.stored(conversationId)}/feedback/${article.dataset["messageId"]}`;
}
