import { figuresOf, type Times, thoughtSeconds } from "../../mirrored/figures";
import { measures } from "../../mirrored/measures";
import type { Usage } from "../../stream/events";
import { duration, find, number, word } from "./given";

/** Shows how long the model thought before the first text. */
export function showThought(article: HTMLElement, times: Times): void {
  const { thought } = figuresOf(times, undefined, true);
  if (thought === undefined) return;
  find(article, ".thought").textContent = word("script.thought", duration(thoughtSeconds(thought)));
}

/** Shows the figures of an answer at its end. @param times Undefined: this page did not see it from its start. */
export function showFigures(article: HTMLElement, usage: Usage | undefined, times: Times | undefined): void {
  const { cost, measured } = measures(document.documentElement.lang, (value) => word("script.seconds", value), duration);
  const tokens = usage?.outputTokens;
  if (tokens !== undefined) {
    const count = word(tokens === 1 ? "script.tokens.one" : "script.tokens.other", number(tokens));
    put(article, "tokens", usage?.estimated ? word("script.estimated", count) : count);
  }
  if (usage?.cost) put(article, "cost", cost(usage.cost));
  if (!times) return;
  const { took, firstWord, speed } = figuresOf(times, tokens, false);
  put(article, "took", measured(took));
  if (firstWord !== undefined) put(article, "first-word", measured(firstWord));
  if (speed !== undefined) put(article, "speed", word("script.speed", number(speed)));
}

/** The server's figures may have come before. They stay. */
function put(article: HTMLElement, name: string, text: string): void {
  const place = find(article, `.${name}`);
  if (!place.textContent) place.textContent = text;
}
