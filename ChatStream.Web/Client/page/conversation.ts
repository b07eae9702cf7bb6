import { clone, find } from "./dom";
import { isEdited, showKept } from "./editor";
import { resumeCountdown } from "./ending";
import { keepSelection } from "./keep-selection";
import { asServed, sourceOf, upgradeAll } from "./message-text";
import { showPlain } from "./plain-text";
import { showVersions, versionsOf } from "./versions";

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
    return this.articles.find((article) => article.dataset["messageId"] === messageId);
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

  /** True if what follows this message, or begins this conversation, belongs to the shown path. */
  reaches(parentId: string | undefined): boolean {
    const [first] = this.articles;
    return parentId === undefined || first?.dataset["parentId"] === parentId || this.byId(parentId) !== undefined;
  }

  busy(busy: boolean): void {
    this.#log.ariaBusy = String(busy);
  }

  /** Shows server-rendered messages as Markdown, and continues their countdowns. */
  upgrade(): void {
    this.articles.forEach(resumeCountdown);
    upgradeAll(this.articles);
    for (const article of this.articles) if (article.dataset["role"] === "user") showKept(article);
  }

  addUser(text: string): HTMLElement {
    const article = clone("user-message");
    showPlain(find(article, ".text"), text);
    article.dataset["empty"] = "false";
    this.#log.append(article);
    return article;
  }

  addAnswer(): HTMLElement {
    const article = clone("assistant-message");
    this.#log.append(article);
    return article;
  }

  /** The user's message that an answer or its continuation replies to. For a user's message: that message itself. */
  questionOf(article: HTMLElement): HTMLElement | undefined {
    const { articles } = this;
    return articles.slice(0, articles.indexOf(article) + 1).findLast((earlier) => earlier.dataset["role"] === "user");
  }

  /** Removes what is shown after a message (all of it, if the id is that of the conversation). `restore` puts it back. */
  cutAfter(messageId: string | undefined): { versions: string[]; restore: () => void } {
    if (messageId === undefined) return { versions: [], restore: () => {} };
    const all = this.articles;
    const cut = all.slice(all.findIndex((article) => article.dataset["messageId"] === messageId) + 1);
    for (const article of cut) article.remove();
    return { versions: cut[0] ? versionsOf(cut[0]) : [], restore: () => this.#log.append(...cut) };
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
    this.upgrade();
  }
}

const articlesOf = (log: ParentNode) => [...log.querySelectorAll<HTMLElement>("article.message")];
