import { clone, find } from "./dom";

/** The articles of the path that is shown. */
export class Conversation {
  readonly #log = find(document, "#conversation");

  get articles(): HTMLElement[] {
    return [...this.#log.querySelectorAll<HTMLElement>("article.message")];
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

  addUser(text: string): HTMLElement {
    const article = clone("user-message");
    find(article, ".text").textContent = text;
    this.#log.append(article);
    return article;
  }

  addAnswer(): HTMLElement {
    const article = clone("assistant-message");
    this.#log.append(article);
    return article;
  }

  /** Sets aside what is shown after a message (after the root: everything); the result puts it back. */
  cutAfter(messageId: string | undefined): () => void {
    if (messageId === undefined) return () => {};
    const all = this.articles;
    const cut = all.slice(all.findIndex((article) => article.dataset["messageId"] === messageId) + 1);
    for (const article of cut) article.remove();
    return () => this.#log.append(...cut);
  }
}
