import type { StartRequest } from "../stream/session";
import { clone, find } from "./dom";
import { isEdited, showKept } from "./editor";
import { endCountdowns, resumeCountdown } from "./ending";
import { extras } from "./extras";
import { keepSelection } from "./keep-selection";
import type { ContextLine } from "./later/context-line";
import { asServed, sourceOf, upgradeAll } from "./message-text";
import { MessageView } from "./message-view";
import { showPlain } from "./plain-text";
import { answersOf, hasPart, showVersions, versionsOf } from "./versions";

type Body = StartRequest["body"];

/** The messages that are shown: one path through the conversation. */
export class Conversation {
  readonly #log = find(document, "#conversation");

  get articles(): HTMLElement[] {
    return articlesOf(this.#log);
  }

  get leaf(): string | undefined {
    return this.articles.at(-1)?.dataset["messageId"];
  }

  get running(): HTMLElement | undefined {
    return this.articles.find((article) => article.dataset["state"] === "running");
  }

  byId(messageId: string): HTMLElement | undefined {
    return this.articles.find((article) => hasPart(article, messageId));
  }

  /** True if the shown path has this message of the user below that parent. */
  hasMessage(parentId: string | undefined, text: string): boolean {
    return this.articles.some(
      (article) =>
        article.dataset["role"] === "user" &&
        (parentId === undefined || article.dataset["parentId"] === parentId) &&
        sourceOf(article) === text,
    );
  }

  /** True if what this start adds follows a message that is shown, or begins the shown conversation. */
  reaches(body: Body): boolean {
    const { parentId } = body;
    const isShown = ({ dataset }: HTMLElement) => dataset["messageId"] === parentId;
    return (
      parentId === undefined ||
      this.articles[0]?.dataset["parentId"] === parentId ||
      this.articles.some(isShown) ||
      this.#goesOn(body) !== undefined
    );
  }

  /** The answer of which this start writes a new part, or the last part once more. */
  #goesOn({ parentId, message }: Body): HTMLElement | undefined {
    if (parentId === undefined || message !== undefined) return;
    return this.articles.find(
      ({ dataset }) =>
        dataset["role"] === "assistant" &&
        (dataset["messageId"] === parentId || (dataset["before"] && dataset["parentId"] === parentId)),
    );
  }

  clear(): void {
    this.#log.replaceChildren();
  }

  busy(busy: boolean): void {
    this.#log.ariaBusy = String(busy);
  }

  /** Shows server-rendered messages as Markdown, and continues their countdowns. @param first As `upgradeAll` takes it. */
  upgrade(first?: HTMLElement): void {
    this.articles.forEach(resumeCountdown);
    upgradeAll(this.articles, first);
    for (const article of this.articles) if (article.dataset["role"] === "user") showKept(article);
    enhance(this.articles);
  }

  /** Shows another conversation as the server's page has it; without a page, none. What was shown is released. */
  open(page: Document | undefined, firstId: string | undefined): void {
    endCountdowns();
    const articles = page ? articlesOf(find(page, "#conversation")) : [];
    this.#log.replaceChildren(...articles.map((article) => document.importNode(article, true)));
    void this.line().then((line) => line.follow(page));
    this.upgrade(firstId === undefined ? undefined : this.byId(firstId));
  }

  /** The rule above which the model does not see the conversation. */
  async line(): Promise<ContextLine> {
    const { ContextLine } = await extras();
    return new ContextLine(this.#log);
  }

  /** Asks the server where the context begins now: after an answer, or for another model. */
  refreshLine(conversationId: string | undefined): void {
    if (conversationId) void this.line().then((line) => line.refresh(conversationId));
  }

  addUser(text: string): HTMLElement {
    const article = clone("user-message");
    showPlain(find(article, ".text"), text);
    article.dataset["empty"] = "false";
    this.#log.append(article);
    enhance([article]);
    return article;
  }

  addAnswer(): HTMLElement {
    const article = clone("assistant-message");
    this.#log.append(article);
    return article;
  }

  /** The user's message that an answer replies to. For a user's message: that message itself. */
  questionOf(article: HTMLElement): HTMLElement | undefined {
    const { articles } = this;
    return articles.slice(0, articles.indexOf(article) + 1).findLast((earlier) => earlier.dataset["role"] === "user");
  }

  /**
   * Removes what is shown after the parent of a start (all of it, if that is the conversation). `restore` puts it back.
   * `versions` are those of what the start replaces. `continued` shows the answer that it goes on with.
   */
  cutAfter(body: Body): { versions: string[]; restore: () => void; continued?: MessageView } {
    const { parentId } = body;
    if (parentId === undefined) return { versions: [], restore: () => {} };
    const all = this.articles;
    const answer = this.#goesOn(body);
    const at = answer ? all.indexOf(answer) : all.findIndex(({ dataset }) => dataset["messageId"] === parentId);
    const cut = all.slice(at + 1);
    for (const article of cut) article.remove();
    const restore = () => this.#log.append(...cut);
    const next = cut[0] ? answersOf(cut[0]) : [];
    if (!answer) return { versions: next, restore };
    return answer.dataset["messageId"] === parentId
      ? { versions: next, restore, continued: new MessageView(answer, sourceOf(answer)) }
      : { versions: versionsOf(answer), restore, continued: new MessageView(answer) };
  }

  /** Shows the path that a server page shows. Messages that are equal stay in place. */
  show(page: Document): void {
    keepSelection(() => this.#show(page));
  }

  #show(page: Document): void {
    const old = this.articles;
    const fresh = articlesOf(find(page, "#conversation")).map((article) => document.importNode(article, true));
    fresh.forEach((article, at) => {
      const there = old[at];
      if (!there) this.#log.append(article);
      // A message that the user is editing is not replaced.
      else if (isEdited(there) && there.dataset["messageId"] === article.dataset["messageId"])
        showVersions(there, versionsOf(article));
      else if (!asServed(there).isEqualNode(article)) there.replaceWith(article);
    });
    for (const article of old.slice(fresh.length)) article.remove();
    void this.line().then((line) => line.follow(page));
    this.upgrade();
  }
}

/** Adds what may come later. */
function enhance(articles: HTMLElement[]): void {
  if (articles.length > 0) void extras().then(({ enhance }) => enhance(articles));
}

const articlesOf = (log: ParentNode) => [...log.querySelectorAll<HTMLElement>("article.message")];
