import { dayOf } from "../mirrored/days";
import type { Started } from "../stream/events";
import { type Exists, type Listed, Listing, type Summary } from "../stream/listing";
import { forget, mark } from "../stream/marks";
import { connection } from "./connection-bar";
import { rowOf, showItem } from "./conversation-item";
import { clone, find } from "./dom";
import { onDrawerOpen } from "./drawer";
import { extras } from "./extras";
import { routes } from "./routes";
import { marks } from "./storage";
import { monthName, word } from "./words";

/** The list of conversations beside the page, and the actions on its entries. */
export class ConversationList {
  readonly #list = find(document, "#conversations");
  readonly more = find(document, "[data-action=load-more]");
  readonly #state = find(document, "#list-state");
  readonly #scroller = find(document, ".list");
  readonly listing: Listing;
  #listed: Listed;
  #exists: Exists = () => true;

  constructor(
    readonly shownId: () => string | undefined,
    readonly onShown: (row: Summary) => void,
    /** The shown conversation seems to be deleted. */
    private readonly onMissing: (id: string) => void,
  ) {
    const next = this.#list.dataset["next"];
    const conversations = this.#items.map(rowOf);
    this.listing = new Listing(
      routes.conversations,
      connection,
      (listed, exists) => this.#show(listed, exists),
      { conversations, ...(next && { next }) },
      { folder: "none", pinned: "false" },
    );
    this.#listed = { rows: conversations, query: "", hasMore: Boolean(next), failed: false };
    const isListed = (id: string) => Boolean(next) || conversations.some((row) => row.id === id);
    this.#show(this.#listed, isListed);
    // A conversation that was read in another tab is read here too.
    marks.onChange(() => this.#show(this.#listed));
    const drawer = find(document, ".drawer");
    drawer.addEventListener("click", ({ target }) => this.#act(target));
    for (const sign of ["pointerover", "focusin"]) drawer.addEventListener(sign, () => void this.#library(), { once: true });
    onDrawerOpen(() => this.#reveal());
    this.#reveal();
    // A browser may keep the search text over a reload.
    if (find<HTMLInputElement>(document, "#search").value) void this.#library();
  }

  get anyRunning(): boolean {
    return this.listing.anyRunning || this.#shelved.some((item) => rowOf(item).running);
  }

  started({ conversationId, title, generationId }: Started, folderId: string | undefined): void {
    const row = { id: conversationId, title, leafId: generationId, updatedAt: new Date().toISOString(), running: true };
    if (folderId || this.#isShelved(conversationId)) this.onShelf();
    else this.listing.put(row);
  }

  /** Called when the list has changed. */
  onChange = () => {};

  /** True if the list has the results of a search for this text. */
  isFound = (text: string) => this.#listed.query === text.trim() && !this.#listed.failed;

  /** The pinned conversations and the folders may have changed. */
  onShelf = () => void this.#library().then((library) => library.refresh());

  /** Marks the entry of a conversation whose page is on its way. */
  opening(conversationId: string | undefined): void {
    for (const item of this.#items.concat(this.#shelved)) {
      if (item.dataset["conversationId"] === conversationId) item.dataset["opening"] = "true";
      else delete item.dataset["opening"];
    }
  }

  /** Marks the entry of the conversation that is shown from now on. @param page The server's page of it; a new chat has none. */
  opened(page: Document | undefined): void {
    this.opening(undefined);
    const shelf = page?.querySelector("#shelf");
    if (shelf) find(document, "#shelf").replaceWith(document.importNode(shelf, true));
    const item = page?.querySelector<HTMLElement>("#conversations li:has([aria-current])");
    if (item) this.listing.include(rowOf(item));
    else this.#show(this.#listed);
    this.#reveal();
  }

  /** Removes a conversation that the server no longer has. */
  gone(id: string): void {
    marks.write(forget(marks.read(), (marked) => marked !== id));
    this.listing.remove(id);
  }

  /** The title of a conversation, or of a new chat. */
  titleOf(id: string | undefined): string {
    return (id && this.listing.find(id)?.title) || find(document, ".new-chat span").textContent;
  }

  ended(conversationId: string): void {
    this.listing.change(conversationId, { running: false });
  }

  async refresh(): Promise<void> {
    await this.listing.refresh();
    const id = this.shownId();
    if (id === undefined) return;
    const row = this.listing.find(id);
    if (document.querySelector("#shelf > *")) this.onShelf();
    if (row) this.onShown(row);
    else if (!this.#exists(id) && !this.#isShelved(id)) this.onMissing(id);
  }

  get #items(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("li[data-conversation-id]")];
  }

  get #shelved(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("#shelf li[data-conversation-id]")];
  }

  #isShelved(id: string): boolean {
    return this.#shelved.some((item) => rowOf(item).id === id);
  }

  async #library() {
    const { library } = await extras();
    return library(this);
  }

  #act(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-action]") : null;
    switch (button?.dataset["action"]) {
      case undefined:
        return;
      case "load-more":
        return void this.#loadMore();
      case "list-again":
        return void this.listing.again();
      default:
        void this.#library().then((library) => library.act(button!));
    }
  }

  async #loadMore(): Promise<void> {
    const first = this.#items.length;
    const held = document.activeElement === this.more;
    await this.listing.more();
    if (held) this.#items[first]?.querySelector("a")?.focus();
  }

  /** Scrolls the list, and only the list, to the conversation that is shown, if it is out of sight. */
  #reveal(): void {
    const shown = this.#scroller.querySelector("[aria-current]")?.getBoundingClientRect();
    if (!shown || shown.height === 0) return;
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    if (shown.top < top || shown.bottom > bottom) this.#scroller.scrollTop += (shown.top + shown.bottom - top - bottom) / 2;
  }

  /** Shows the list as it is, because what stands before it has changed. */
  showAgain(): void {
    this.#show(this.#listed);
  }

  #show(listed: Listed, exists: Exists = () => true): void {
    const { rows, query, hasMore, failed } = (this.#listed = listed);
    this.#exists = exists;
    const places = new Map([...this.#list.children].map((place) => [keyOf(place as HTMLElement), place as HTMLElement]));
    const shownId = this.shownId();
    const shelved = this.#shelved;
    const all = [...rows, ...shelved.map(rowOf)];
    const hasOthers = document.querySelector("#shelf .all") !== null;
    const marked = mark(
      // One of a folder may not be here yet.
      forget(marks.read(), (id) => exists(id) || hasOthers || all.some((row) => row.id === id)),
      all,
      document.hidden ? undefined : shownId,
    );
    marks.write(marked);
    find(document, "#shelf").hidden = query !== "";
    for (const item of shelved) {
      const row = rowOf(item);
      showItem(item, row, row.id === shownId, marked[row.id] === "unread");
    }

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

    this.onChange();
    this.more.hidden = !hasMore || failed;
    const state = failed
      ? query
        ? "search-failed"
        : "failed"
      : rows.length > 0 || (!query && shelved.length > 0)
        ? ""
        : query
          ? "nothing-found"
          : "empty";
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
