import type { Started } from "../stream/events";
import { Listing, type Listed, type Summary } from "../stream/listing";
import { browserHost } from "./browser-host";
import { change, remove } from "./change";
import { askToDelete, rename, rowOf, showItem } from "./conversation-item";
import { clone, find } from "./dom";
import { routes } from "./routes";
import { drafts } from "./storage";
import { tellTabs } from "./tabs";

/** The list beside the conversation, and what can be done with its entries. */
export class ConversationList {
  readonly #list = find(document, "#conversations");
  readonly #more = find(document, "[data-action=load-more]");
  readonly #state = find(document, "#list-state");
  readonly #listing: Listing;

  constructor(
    private readonly shownId: () => string | undefined,
    private readonly onShown: (row: Summary) => void,
  ) {
    const next = this.#list.dataset["next"];
    this.#listing = new Listing(routes.conversations, browserHost, (listed) => this.#show(listed), {
      conversations: this.#items.map(rowOf), ...(next && { next }),
    });
    const search = find<HTMLInputElement>(document, "#search");
    search.addEventListener("input", () => this.#listing.search(search.value));
    // A browser may have kept what was typed before a reload.
    if (search.value) this.#listing.search(search.value);
    find(document, ".drawer").addEventListener("click", ({ target }) => this.#act(target));
  }

  get anyRunning(): boolean {
    return this.#listing.anyRunning;
  }

  started({ conversationId, title, generationId }: Started): void {
    const row = { id: conversationId, title, leafId: generationId, updatedAt: new Date().toISOString(), running: true };
    this.#listing.put(row);
  }

  ended(conversationId: string): void {
    this.#listing.change(conversationId, { running: false });
  }

  async refresh(): Promise<void> {
    await this.#listing.refresh();
    const row = this.#listing.find(this.shownId() ?? "");
    if (row) this.onShown(row);
  }

  get #items(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("li")];
  }

  #act(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-action]") : null;
    const item = button?.closest("li");
    switch (button?.dataset["action"]) {
      case "load-more":
        return void this.#loadMore();
      case "list-again":
        return void this.#listing.again();
      case "rename":
        return item ? rename(item, (title) => this.#rename(rowOf(item).id, title)) : undefined;
      case "delete":
        return item ? askToDelete(item, () => this.#delete(rowOf(item).id)) : undefined;
    }
  }

  async #loadMore(): Promise<void> {
    const first = this.#items.length;
    const held = document.activeElement === this.#more;
    await this.#listing.more();
    if (held) this.#items[first]?.querySelector("a")?.focus();
  }

  async #rename(id: string, title: string): Promise<boolean> {
    if (!(await change(id, { title }))) return false;
    this.#listing.change(id, { title });
    const row = this.#listing.find(id);
    if (row && id === this.shownId()) this.onShown(row);
    tellTabs(id);
    return true;
  }

  async #delete(id: string): Promise<boolean> {
    if (!(await remove(id))) return false;
    drafts.write(id, "");
    tellTabs(id);
    if (id === this.shownId()) location.assign(routes.newChat);
    else this.#takeAway(id);
    return true;
  }

  /** The focus goes on to the entry that takes its place. */
  #takeAway(id: string): void {
    const at = this.#items.findIndex((item) => item.dataset["conversationId"] === id);
    this.#listing.remove(id);
    const items = this.#items;
    (items[at] ?? items.at(-1))?.querySelector("a")?.focus();
  }

  #show({ rows, query, hasMore, failed }: Listed): void {
    const items = new Map(this.#items.map((item) => [item.dataset["conversationId"], item]));
    const ids = new Set(rows.map((row) => row.id));
    for (const [id, item] of items) if (!id || !ids.has(id)) item.remove();
    const shownId = this.shownId();
    rows.forEach((row, at) => {
      const item = items.get(row.id) ?? clone("conversation-item");
      showItem(item, row, row.id === shownId);
      // Only what is out of place: moving an entry takes the focus out of it.
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
    });
    this.#more.hidden = !hasMore || failed;
    const state = failed ? "failed" : rows.length > 0 ? "" : query ? "nothing-found" : "empty";
    for (const words of this.#state.querySelectorAll<HTMLElement>("[data-state]")) words.hidden = words.dataset["state"] !== state;
  }
}
