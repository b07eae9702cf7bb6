import { dayOf } from "../mirrored/days";
import type { Started } from "../stream/events";
import { type Exists, type Listed, Listing, type Summary } from "../stream/listing";
import { forget, mark } from "../stream/marks";
import { connection } from "./connection-bar";
import { rowOf, showItem } from "./conversation-item";
import { clone, find } from "./dom";
import { onDrawerOpen } from "./drawer";
import { extras } from "./extras";
import { ListKeys } from "./list-keys";
import { routes } from "./routes";
import { drafts, marks } from "./storage";
import { deleteConversation, updateConversation } from "./stored-conversation";
import { tellTabs } from "./tabs";
import { monthName, word } from "./words";

/** The list of conversations beside the page, and the actions on its entries. */
export class ConversationList {
  readonly #list = find(document, "#conversations");
  readonly #more = find(document, "[data-action=load-more]");
  readonly #state = find(document, "#list-state");
  readonly #scroller = find(document, ".list");
  readonly #listing: Listing;
  readonly #keys: ListKeys;
  #listed: Listed;
  #exists: Exists = () => true;

  constructor(
    private readonly shownId: () => string | undefined,
    private readonly onShown: (row: Summary) => void,
    /** The shown conversation seems to be deleted. */
    private readonly onMissing: (id: string) => void,
  ) {
    const next = this.#list.dataset["next"];
    const conversations = this.#items.map(rowOf);
    this.#listing = new Listing(routes.conversations, connection, (listed, exists) => this.#show(listed, exists), {
      conversations,
      ...(next && { next }),
    });
    this.#listed = { rows: conversations, query: "", hasMore: Boolean(next), failed: false };
    this.#keys = new ListKeys(this.#list, {
      more: this.#more,
      search: (text, pause) => this.#listing.search(text, pause),
      isFound: (text) => this.#listed.query === text.trim() && !this.#listed.failed,
    });
    const isListed = (id: string) => Boolean(next) || conversations.some((row) => row.id === id);
    this.#show(this.#listed, isListed);
    // A conversation that was read in another tab is read here too.
    marks.onChange(() => this.#show(this.#listed));
    find(document, ".drawer").addEventListener("click", ({ target }) => this.#act(target));
    onDrawerOpen(() => this.#reveal());
    this.#reveal();
  }

  get anyRunning(): boolean {
    return this.#listing.anyRunning;
  }

  started({ conversationId, title, generationId }: Started): void {
    const row = { id: conversationId, title, leafId: generationId, updatedAt: new Date().toISOString(), running: true };
    this.#listing.put(row);
  }

  /** Marks the entry of a conversation whose page is on its way. */
  opening(conversationId: string | undefined): void {
    for (const item of this.#items) {
      if (item.dataset["conversationId"] === conversationId) item.dataset["opening"] = "true";
      else delete item.dataset["opening"];
    }
  }

  /** Marks the entry of the conversation that is shown from now on. @param page The server's page of it; a new chat has none. */
  opened(page: Document | undefined): void {
    this.opening(undefined);
    const item = page?.querySelector<HTMLElement>("#conversations li:has([aria-current])");
    if (item) this.#listing.include(rowOf(item));
    else this.#show(this.#listed);
    this.#reveal();
  }

  /** Removes a conversation that the server no longer has. */
  gone(id: string): void {
    marks.write(forget(marks.read(), (marked) => marked !== id));
    this.#listing.remove(id);
  }

  /** The title of a conversation, or of a new chat. */
  titleOf(id: string | undefined): string {
    return (id && this.#listing.find(id)?.title) || find(document, ".new-chat span").textContent;
  }

  ended(conversationId: string): void {
    this.#listing.change(conversationId, { running: false });
  }

  async refresh(): Promise<void> {
    await this.#listing.refresh();
    const id = this.shownId();
    if (id === undefined) return;
    const row = this.#listing.find(id);
    if (row) this.onShown(row);
    else if (!this.#exists(id)) this.onMissing(id);
  }

  get #items(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("li[data-conversation-id]")];
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
        return void (item && extras().then(({ rename }) => rename(item, (title) => this.#rename(rowOf(item).id, title))));
      case "delete":
        return void (item && extras().then(({ askToDelete }) => askToDelete(item, () => this.#delete(rowOf(item).id))));
    }
  }

  async #loadMore(): Promise<void> {
    const first = this.#items.length;
    const held = document.activeElement === this.#more;
    await this.#listing.more();
    if (held) this.#items[first]?.querySelector("a")?.focus();
  }

  async #rename(id: string, title: string): Promise<boolean> {
    if (!(await updateConversation(id, { title }))) return false;
    this.#listing.change(id, { title });
    const row = this.#listing.find(id);
    if (row && id === this.shownId()) this.onShown(row);
    tellTabs(id);
    return true;
  }

  async #delete(id: string): Promise<boolean> {
    if (!(await deleteConversation(id))) return false;
    drafts.write(id, "");
    marks.write(forget(marks.read(), (marked) => marked !== id));
    tellTabs(id);
    this.#takeAway(id);
    if (id === this.shownId()) find(document, "a.new-chat").click();
    return true;
  }

  /** Removes an entry. The focus moves to the entry that takes its place. */
  #takeAway(id: string): void {
    const at = this.#items.findIndex((item) => item.dataset["conversationId"] === id);
    this.#listing.remove(id);
    const items = this.#items;
    (items[at] ?? items.at(-1))?.querySelector("a")?.focus();
  }

  /** Scrolls the list, and only the list, to the conversation that is shown, if it is out of sight. */
  #reveal(): void {
    const shown = this.#list.querySelector("[aria-current]")?.getBoundingClientRect();
    if (!shown || shown.height === 0) return;
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    if (shown.top < top || shown.bottom > bottom) this.#scroller.scrollTop += (shown.top + shown.bottom - top - bottom) / 2;
  }

  #show(listed: Listed, exists: Exists = () => true): void {
    const { rows, query, hasMore, failed } = (this.#listed = listed);
    this.#exists = exists;
    const places = new Map([...this.#list.children].map((place) => [keyOf(place as HTMLElement), place as HTMLElement]));
    const shownId = this.shownId();
    const marked = mark(forget(marks.read(), exists), rows, document.hidden ? undefined : shownId);
    marks.write(marked);

    const now = new Date();
    const wanted: HTMLElement[] = [];
    let day = "";
    for (const row of rows) {
      const rowDay = dayOf(new Date(row.updatedAt), now);
      if (rowDay !== day) wanted.push(places.get((day = rowDay)) ?? dayHeading(day));
      const item = places.get(row.id) ?? clone("conversation-item");
      showItem(item, row, row.id === shownId, marked[row.id] === "unread");
      wanted.push(item);
    }
    const kept = new Set(wanted);
    for (const place of places.values()) if (!kept.has(place)) place.remove();
    wanted.forEach((place, at) => {
      // Only what is out of place moves: a moved entry loses its focus.
      if (this.#list.children[at] !== place) this.#list.insertBefore(place, this.#list.children[at] ?? null);
    });

    this.#keys.settle();
    this.#more.hidden = !hasMore || failed;
    const state = failed ? (query ? "search-failed" : "failed") : rows.length > 0 ? "" : query ? "nothing-found" : "empty";
    for (const words of this.#state.querySelectorAll<HTMLElement>("[data-state]"))
      words.hidden = words.dataset["state"] !== state;
  }
}

const keyOf = (place: HTMLElement) => place.dataset["conversationId"] ?? place.dataset["day"] ?? "";

/** The heading of a day, as in the server's markup. */
function dayHeading(day: string): HTMLElement {
  const place = clone("day");
  place.dataset["day"] = day;
  find(place, "h2").textContent = monthName(day) ?? word(`day.${day}`);
  return place;
}
