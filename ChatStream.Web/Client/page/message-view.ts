import type { Answer } from "../stream/answer";
import type { StreamEvent, Tool } from "../stream/events";
import { announce } from "./announcer";
import { find } from "./dom";
import { type Lost, showEnding } from "./ending";
import { extras } from "./extras";
import { Figures } from "./figures";
import { MarkdownFlow } from "./message-text";
import { hasSeveralDeployments, labelOf } from "./models";
import { addReasoning, lastReasoning, textBefore } from "./parts";
import { followEnd } from "./scroll";
import { phaseWords, StatusLine } from "./status-line";
import { TextFlow } from "./text-flow";
import { addVersions } from "./versions";
import { word } from "./words";

/**
 * Shows an answer in its article while it runs: events come in, and the markup changes. What continues an answer is shown in
 * the article of that answer, as one text.
 */
export class MessageView {
  readonly #text: MarkdownFlow;
  readonly #status: StatusLine;
  readonly #figures: Figures;
  #reasoning: TextFlow;
  #endedWith: Node[] = [];
  #known = "";
  #hasUnknownFigures = false;
  readonly #said = new Set<string>();

  /** @param before The text that this answer continues; undefined: it continues none. */
  constructor(
    readonly article: HTMLElement,
    private readonly before = textBefore(article),
  ) {
    this.#text = new MarkdownFlow(find(article, ".text"));
    this.#reasoning = new TextFlow(lastReasoning(article));
    this.#status = new StatusLine(find(article, ".status"));
    this.#figures = new Figures(article);
  }

  /** True if the server knows more figures of the answer than this page. */
  get hasUnknownFigures(): boolean {
    return this.#hasUnknownFigures;
  }

  /** Begins showing an answer. What is shown already stays until the first frame arrives. */
  begin(fromStart: boolean): void {
    if (fromStart && this.before === undefined) this.#figures.start();
    if (this.before !== undefined) this.#known = find(this.article, ".text").textContent;
    const ending = find(this.article, ".ending");
    this.#endedWith = [...ending.childNodes];
    this.article.dataset["state"] = "running";
    this.article.querySelector("noscript")?.remove();
    ending.replaceChildren();
    this.#status.start();
  }

  /** Shows the answer as it was before `begin`, because the server did not take the start. */
  undo(): void {
    this.article.dataset["state"] = "ended";
    find(this.article, ".ending").replaceChildren(...this.#endedWith);
  }

  apply(event: StreamEvent): void {
    this.#status.heard();
    switch (event.type) {
      case "start":
        if (this.before !== undefined) this.#goOn(event.parentId);
        this.#replace("", "");
        this.article.dataset["messageId"] = event.messageId;
        this.article.dataset["parentId"] = event.parentId;
        find(this.article, ".model").textContent = labelOf(event.model);
        this.#hasUnknownFigures = hasSeveralDeployments(event.model);
        this.#phase("analyzing");
        break;
      case "status":
        this.#phase(event.phase, event.detail === "fallback");
        break;
      case "text":
        this.#addText(event.text);
        break;
      case "reasoning":
        this.#addReasoning(event.text);
        break;
      case "snapshot":
        this.#replace(event.text, event.reasoning ?? "");
        for (const tool of event.tools ?? []) this.#showTool(tool);
        break;
      case "tool":
        this.#figures.tool(event);
        this.#showTool(event);
        break;
      case "failure":
        if (event.withdrawn) this.#replace("", "");
        break;
    }
  }

  /** Says what the answer waits for instead of its phase; undefined: nothing. */
  waits(what: "unsent" | "no-connection" | undefined): void {
    this.#status.overrule(what);
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
    if (this.before === undefined) this.#figures.end(answer.usage);
    showEnding(place, answer, lost);
    if (this.article.querySelector(".tool")) void extras().then(({ endTools }) => endTools(this.article));
    followEnd();
    const complete = answer.finish === "completed" && answer.hasText;
    const known = this.before === undefined ? undefined : this.#known;
    void extras().then(({ enhance, spokenOf }) => {
      enhance([this.article]);
      if (complete) announce(`${word("script.complete")} ${spokenOf(this.article, known)}`);
    });
    if (!complete) announce(this.#visibleWords(place));
  }

  async #showTool(tool: Tool): Promise<void> {
    (await extras()).showTool(this.article, tool);
  }

  /** Call it before the article is removed. */
  leave(): void {
    this.#status.end();
  }

  #phase(phase: string, isFallback = false): void {
    this.#status.phase(phase, isFallback);
    // Each phase is said once: an answer that calls tools passes through them again and again.
    const words = phaseWords(phase, isFallback);
    if (this.#said.has(words)) return;
    this.#said.add(words);
    announce(words);
  }

  /** Makes the answer ready for its next part. The figures of its parts are sums, which the server tells at the end. */
  #goOn(parentId: string): void {
    const { article } = this;
    // Else the part that is shown is written again.
    if (article.dataset["messageId"] === parentId) {
      addVersions(article);
      if (lastReasoning(article).hasChildNodes()) this.#reasoning = new TextFlow(addReasoning(article));
    }
    article.dataset["before"] = String(this.before!.length);
    for (const figure of article.querySelectorAll(".figures dd:not(.model)")) figure.replaceChildren();
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
    if (this.before) this.#text.append(this.before);
    this.#reasoning.clear();
    this.article.dataset["empty"] = "true";
    find(this.article, ".reasoning").hidden = !find(this.article, ".reasoning-text").hasChildNodes();
    this.#addText(text);
    this.#addReasoning(reasoning);
  }

  #visibleWords(place: HTMLElement): string {
    const unseen = this.article.dataset["empty"] === "true" ? "if-text" : "if-empty";
    return [...place.querySelectorAll(`p:not(.actions, .${unseen})`)].map((p) => p.textContent.trim()).join(" ");
  }
}
