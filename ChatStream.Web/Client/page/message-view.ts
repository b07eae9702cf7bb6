import type { Answer } from "../stream/answer";
import type { StreamEvent } from "../stream/events";
import { announce } from "./announcer";
import { find } from "./dom";
import { type Lost, showEnding } from "./ending";
import { Figures } from "./figures";
import { MarkdownFlow } from "./message-text";
import { labelOf } from "./models";
import { followEnd } from "./scroll";
import { spoken } from "./spoken";
import { StatusLine } from "./status-line";
import { TextFlow } from "./text-flow";
import { word } from "./words";

/** Shows an answer in its article while it runs: events come in, and the markup changes. */
export class MessageView {
  readonly #text: MarkdownFlow;
  readonly #reasoning: TextFlow;
  readonly #status: StatusLine;
  readonly #figures: Figures;
  readonly #said = new Set<string>();

  constructor(readonly article: HTMLElement) {
    this.#text = new MarkdownFlow(find(article, ".text"));
    this.#reasoning = new TextFlow(find(article, ".reasoning-text"));
    this.#status = new StatusLine(find(article, ".status"));
    this.#figures = new Figures(article);
  }

  /** Begins showing an answer. Text that the server rendered stays until the first frame arrives. */
  begin(fromStart: boolean): void {
    if (fromStart) this.#figures.start();
    this.article.dataset["state"] = "running";
    this.article.querySelector("noscript")?.remove();
    find(this.article, ".ending").replaceChildren();
    this.#status.start();
  }

  apply(event: StreamEvent): void {
    this.#status.heard();
    switch (event.type) {
      case "start":
        this.#replace("", "");
        this.article.dataset["messageId"] = event.messageId;
        this.article.dataset["parentId"] = event.parentId;
        find(this.article, ".model").textContent = labelOf(event.model);
        this.#phase("analyzing");
        break;
      case "status":
        this.#phase(event.phase);
        break;
      case "text":
        this.#addText(event.text);
        break;
      case "reasoning":
        this.#addReasoning(event.text);
        break;
      case "snapshot":
        this.#replace(event.text, event.reasoning ?? "");
        break;
    }
  }

  connected(connected: boolean): void {
    this.#status.overrule(connected ? undefined : "reconnecting");
  }

  stopping(): void {
    this.#status.overrule("stopping");
  }

  /** @param lost Why the answer has no finish, if it has none. */
  end(answer: Answer, lost: Lost = "gone"): void {
    this.#text.finish();
    this.#reasoning.flush();
    this.#status.end();
    this.article.dataset["state"] = "ended";
    this.article.dataset["finish"] = answer.finish ?? "";
    const place = find(this.article, ".ending");
    this.#figures.end(answer.usage);
    showEnding(place, answer, lost);
    followEnd();
    const complete = answer.finish === "completed" && answer.hasText;
    announce(complete ? `${word("script.complete")} ${spoken(find(this.article, ".text"))}` : this.#visibleWords(place));
  }

  /** Call it before the article is removed. */
  leave(): void {
    this.#status.end();
  }

  #phase(phase: string): void {
    this.#status.phase(phase);
    // Each phase is said once: an answer that calls tools passes through them again and again.
    if (this.#said.has(phase)) return;
    this.#said.add(phase);
    announce(word(`script.${phase}`));
  }

  #addText(text: string): void {
    if (!text) return;
    this.article.dataset["empty"] = "false";
    this.#figures.text();
    this.#text.append(text);
  }

  #addReasoning(text: string): void {
    if (!text) return;
    find(this.article, ".reasoning").hidden = false;
    this.#figures.reasoning();
    this.#reasoning.append(text);
  }

  #replace(text: string, reasoning: string): void {
    this.#text.clear();
    this.#reasoning.clear();
    this.article.dataset["empty"] = "true";
    find(this.article, ".reasoning").hidden = true;
    this.#addText(text);
    this.#addReasoning(reasoning);
  }

  #visibleWords(place: HTMLElement): string {
    const unseen = this.article.dataset["empty"] === "true" ? "if-text" : "if-empty";
    return [...place.querySelectorAll(`p:not(.actions, .${unseen})`)].map((p) => p.textContent.trim()).join(" ");
  }
}
