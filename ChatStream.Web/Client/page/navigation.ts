import type { Place } from "../stream/place";
import type { Position } from "./position";
import { placeAt, placeHere, routes } from "./routes";
import { readPlace, type ServerPage } from "./server-page";

/** What the page does with the places that the user goes to. */
export interface Pages {
  isShown(place: Place): boolean;
  position(): Position | undefined;
  /** Shows the mark of a conversation whose page is on its way; undefined: none is. */
  opening(conversationId: string | undefined): void;
  /** Shows another conversation. Without a page: a new chat. */
  open(place: Place, page: Document | undefined, position: Position | undefined): void;
  /** Goes to a place in the conversation that is shown. */
  goTo(place: Place, position: Position | undefined): void;
  /** Says why a conversation could not be opened. */
  explain(place: Place, reason: Exclude<ServerPage, Document>, again: () => void): void;
}

/** An entry of the browser's history: its number, and where the conversation was scrolled to. */
interface Entry {
  at: number;
  position?: Position | undefined;
}

const entry = () => history.state as Entry | null;

/** After the last scrolling, before its place is kept, in milliseconds. Browsers limit how often the history may be changed. */
const scrollPause = 200;

/** Opens conversations in this page, and keeps the browser's history as if each were a page of its own. */
export class Navigation {
  readonly #positions = new Map<number, Position | undefined>();
  /** The entry of the browser's address, and the entry of what is shown: another one while a page is on its way. */
  #at = entry()?.at ?? 0;
  #shown = this.#at;
  #reading = new AbortController();
  #isReturning = false;
  #timer: number | undefined;

  constructor(private readonly pages: Pages) {
    history.replaceState({ ...entry(), at: this.#at }, "");
    document.addEventListener("click", (event) => this.#clicked(event));
    addEventListener("popstate", () => void this.#travelled());
    addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A page that is loaded again is scrolled by the browser. Within the page, the browser would scroll before it is there.
    addEventListener("load", () => setTimeout(() => this.#scrollOurselves()));
    addEventListener("pageshow", ({ persisted }) => persisted && this.#scrollOurselves());
    addEventListener("pagehide", () => {
      history.scrollRestoration = "auto";
    });
  }

  /** Opens a place because the user asked for it. What is shown stays until the other page is there, or if it does not come. */
  async open(place: Place): Promise<void> {
    const isShown = this.pages.isShown(place);
    const page = isShown ? undefined : await this.#read(place, () => void this.open(place));
    if (page === "none") return;
    this.#stopReading();
    if (!isShown || location.hash !== hashOf(place) || this.#at !== this.#shown) {
      this.#keepPosition();
      this.#scrollOurselves();
      this.#shown = ++this.#at;
      history.pushState({ at: this.#at }, "", addressOf(place));
    }
    if (isShown) this.pages.goTo(place, undefined);
    else this.pages.open(place, page, undefined);
  }

  #clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || event.button !== 0 || link.target || link.hasAttribute("download")) return;
    // The user wants another tab or window, or a download.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const place = placeAt(link.href);
    if (!place || link.hash !== hashOf(place)) return;
    event.preventDefault();
    void this.open(place);
  }

  /** The browser went back or forward: it has another address already. */
  async #travelled(): Promise<void> {
    const place = placeHere();
    if (!place) return location.reload();
    const from = this.#shown;
    if (!entry()) {
      // The browser has followed a link within the page.
      this.#shown = ++this.#at;
      return history.replaceState({ at: this.#at }, "");
    }
    const { at, position } = entry()!;
    this.#at = at;
    clearTimeout(this.#timer);
    if (this.#isReturning) return void (this.#isReturning = false);
    this.#positions.set(from, this.pages.position());
    const there = this.#positions.has(at) ? this.#positions.get(at) : position;
    if (this.pages.isShown(place)) {
      this.#stopReading();
      this.#shown = at;
      return this.pages.goTo({}, there);
    }
    const page = await this.#read(place, () => history.go(at - from), from - at);
    if (page === "none") return;
    this.#shown = at;
    this.pages.open(place, page, there);
  }

  /**
   * Reads the page of a place; undefined: a new chat needs none. Says so if it does not come.
   * @param back The way back in the history, then.
   */
  async #read(place: Place, again: () => void, back = 0): Promise<Document | "none" | undefined> {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.pages.opening(place.conversationId);
    if (place.conversationId === undefined) return undefined;
    const page = await readPlace(place, signal);
    if (signal.aborted) return "none";
    this.pages.opening(undefined);
    if (page instanceof Document) return page;
    if (back !== 0) {
      this.#isReturning = true;
      history.go(back);
    }
    this.pages.explain(place, page, again);
    return "none";
  }

  #stopReading(): void {
    this.#reading.abort();
    this.pages.opening(undefined);
  }

  #scrolled(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#keepPosition(), scrollPause);
  }

  #keepPosition(): void {
    clearTimeout(this.#timer);
    const position = this.pages.position();
    this.#positions.set(this.#shown, position);
    if (this.#at === this.#shown) history.replaceState({ at: this.#at, position }, "");
  }

  #scrollOurselves(): void {
    history.scrollRestoration = "manual";
  }
}

const hashOf = ({ messageId }: Place) => (messageId === undefined ? "" : `#${messageId}`);

const addressOf = (place: Place) =>
  place.conversationId === undefined ? routes.newChat : routes.conversation(place.conversationId) + hashOf(place);
