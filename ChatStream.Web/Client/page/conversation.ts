import { clone, find } from "./dom";
import { isEdited } from "./editor";
import { resumeCountdown } from "./ending";
import { asServed, upgradeAll } from "./message-text";
import { showVersions, versionsOf } from "./versions";

/** The articles of the path that is shown. */
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

  busy(busy: boolean): void {
    this.#log.ariaBusy = String(busy);
  }

  /** Shows as Markdown what the server rendered as plain text, and counts on. */
  upgrade(): void {
    this.articles.forEach(resumeCountdown);
    upgradeAll(this.articles);
  }

  addUser(text: string): HTMLElement {
    const article = clone("user-message");
    find(article, ".text").textContent = text;
    article.dataset["empty"] = "false";
    this.#log.append(article);
    return article;
  }

  addAnswer(): HTMLElement {
    const article = clone("assistant-message");
    this.#log.append(article);
    return article;
  }

  /** The message of the user that an answer, or the answer that it goes on with, was written to; a user's own is itself. */
  questionOf(article: HTMLElement): HTMLElement | undefined {
    const { articles } = this;
    return articles.slice(0, articles.indexOf(article) + 1).findLast((earlier) => earlier.dataset["role"] === "user");
  }

  /** Sets aside what is shown after a message (after the root: everything), to make room for another version of it. */
  cutAfter(messageId: string | undefined): { versions: string[]; restore: () => void } {
    if (messageId === undefined) return { versions: [], restore: () => {} };
    const all = this.articles;
    const cut = all.slice(all.findIndex((article) => article.dataset["messageId"] === messageId) + 1);
    for (const article of cut) article.remove();
    return { versions: cut[0] ? versionsOf(cut[0]) : [], restore: () => this.#log.append(...cut) };
  }

  /** Shows the path that a page of the server shows; what is the same stays in place. */
  show(page: Document): void {
    const old = this.articles;
    const fresh = articlesOf(find(page, "#conversation")).map((article) => document.importNode(article, true));
    fresh.forEach((article, at) => {
      const there = old[at];
      if (!there) this.#log.append(article);
      // What is being typed in it is not taken away.
      else if (isEdited(there) && there.dataset["messageId"] === article.dataset["messageId"])
        showVersions(there, versionsOf(article));
      else if (!asServed(there).isEqualNode(article)) there.replaceWith(article);
    });
    for (const article of old.slice(fresh.length)) article.remove();
    this.upgrade();
  }
}

const articlesOf = (log: ParentNode) => [...log.querySelectorAll<HTMLElement>("article.message")];
