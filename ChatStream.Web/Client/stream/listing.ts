import type { Host } from "./host";
import { readJson } from "./json";

/** An entry of the list of conversations. */
export interface Summary {
  id: string;
  title: string;
  leafId: string;
  updatedAt: string;
  running: boolean;
  /** The folder that it stands in, or `archive`. */
  folderId?: string;
  pinned?: boolean;
  /** In the results of a search: the message that has the words. Absent if only the title has them. */
  found?: Found;
}

/** A message that a search found, and a piece of its text in parts: those that match are marked. */
export interface Found {
  messageId: string;
  excerpt: { text: string; match?: boolean }[];
}

export interface ListPage {
  conversations: Summary[];
  next?: string;
}

export interface Listed {
  rows: readonly Summary[];
  query: string;
  hasMore: boolean;
  /** True if the last reading failed. The rows are then those of before. */
  failed: boolean;
}

/** False for a conversation that the server no longer has. One that is further down than the loaded pages may exist. */
export type Exists = (id: string) => boolean;

/** A search starts this long after the last key, in milliseconds, so that not every letter starts one. */
export const typingPause = 250;

/** A search that did not reach the server is tried again after this long, then after twice as long, up to the longest. */
const firstRetry = 2_000;
const longestRetry = 30_000;

const nothing = { conversations: [] };

/** The loaded conversations, newest first: of all conversations, or of a search. */
export class Listing {
  #rows: readonly Summary[];
  #next: string | undefined;
  #query = "";
  #failed: "first" | "more" | undefined;
  #timer: unknown;
  #search = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #changes = 0;
  #retry = firstRetry;
  #retryTimer: unknown;
  /** The search that the rows are the result of. */
  #rowsOf = "";
  /** What was loaded of the whole list before the search. */
  #whole: ListPage = nothing;

  constructor(
    private readonly url: string,
    private readonly host: Host,
    /** `exists` is given after the list, and not a search, was read again. */
    private readonly show: (listed: Listed, exists?: Exists) => void,
    first: ListPage = nothing,
    /** What the whole list is asked for with. A search finds what it leaves out. */
    private readonly whole: Record<string, string> = {},
  ) {
    this.#rows = first.conversations;
    this.#next = first.next;
  }

  find(id: string): Summary | undefined {
    return this.#rows.find((row) => row.id === id);
  }

  get anyRunning(): boolean {
    return this.#rows.some((row) => row.running);
  }

  search(text: string, pause = typingPause): void {
    this.host.clearTimeout(this.#timer);
    this.#timer = this.host.setTimeout(() => {
      const query = text.trim();
      if (query === this.#query && !this.#failed) return;
      this.host.clearTimeout(this.#retryTimer);
      if (!this.#rowsOf) this.#whole = { conversations: [...this.#rows], ...(this.#next !== undefined && { next: this.#next }) };
      this.#query = query;
      this.#retry = firstRetry;
      // The responses to an earlier search are not needed.
      this.#search.abort();
      this.#search = new AbortController();
      void (query ? this.#readFirst() : this.#showWhole());
    }, pause);
  }

  more(): Promise<void> {
    return this.#afterOthers(async (signal) => {
      if (this.#next === undefined) return;
      const { page } = await this.#read(signal, this.#next);
      if (signal.aborted) return;
      this.#failed = page ? undefined : "more";
      if (page) this.#take(inOrder([...this.#rows, ...without(page.conversations, this.#rows)]), page.next);
      this.#tell();
    });
  }

  again(): Promise<void> {
    return this.#failed === "more" ? this.more() : this.#readFirst();
  }

  /** Reads the first page again. It has what is new or changed; a row that is missing in it was deleted. */
  refresh(): Promise<void> {
    if (this.#failed === "first") return this.#readFirst();
    return this.#afterOthers(async (signal) => {
      // A change on this page during the reading may be missing in the response: read again.
      let changes: number;
      let page: ListPage | undefined;
      do {
        changes = this.#changes;
        ({ page } = await this.#read(signal));
      } while (page && changes !== this.#changes);
      if (signal.aborted || !page) return;
      const before = this.#rows;
      const end = page.conversations.at(-1);
      const older =
        page.next === undefined || !end ? [] : without(this.#rows, page.conversations).filter((row) => isOlder(row, end));
      this.#take([...page.conversations, ...older], older.length ? this.#next : page.next);
      this.#failed = undefined;
      this.#tell(this.#query ? undefined : this.#existing(before));
    });
  }

  /** Puts a conversation on top, because an answer has started in it on this page. */
  put(row: Summary): void {
    const found = this.find(row.id);
    this.#set((rows, isSearch) =>
      isSearch && !found ? rows : [{ ...row, ...(isSearch && found?.found && { found: found.found }) }, ...without(rows, [row])],
    );
  }

  /** Puts a conversation in its place, as it is now, because it is shown. It may be older than the loaded pages. */
  include(row: Summary): void {
    this.#set((rows, isSearch) => {
      if (rows.some(({ id }) => id === row.id)) return inOrder(rows.map((old) => (old.id === row.id ? { ...old, ...row } : old)));
      return isSearch ? rows : inOrder([...rows, row]);
    });
  }

  change(id: string, change: Partial<Summary>): void {
    this.#set((rows) => rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  }

  remove(id: string): void {
    this.#set((rows) => rows.filter((row) => row.id !== id));
  }

  /** Changes the rows that are shown, and during a search also those of the whole list. */
  #set(changed: (rows: readonly Summary[], isSearch: boolean) => readonly Summary[]): void {
    this.#changes++;
    const isSearch = this.#rowsOf !== "";
    this.#rows = changed(this.#rows, isSearch);
    if (this.#query || isSearch) this.#whole = { ...this.#whole, conversations: [...changed(this.#whole.conversations, false)] };
    this.#tell();
  }

  /** Shows the list as it was before the search, at once, and what is new in it when the server has told. */
  #showWhole(): Promise<void> {
    this.#failed = undefined;
    this.#take(this.#whole.conversations, this.#whole.next);
    this.#tell();
    return this.refresh();
  }

  #readFirst(): Promise<void> {
    return this.#afterOthers(async (signal) => {
      const { page, reached } = await this.#read(signal);
      if (signal.aborted) return;
      this.#failed = page ? undefined : "first";
      if (page) this.#take(page.conversations, page.next);
      if (reached) this.host.clearTimeout(this.#retryTimer);
      else this.#readLater();
      this.#tell();
    });
  }

  #readLater(): void {
    this.host.clearTimeout(this.#retryTimer);
    this.#retryTimer = this.host.setTimeout(() => void this.#readFirst(), this.#retry);
    this.#retry = Math.min(2 * this.#retry, longestRetry);
  }

  /** Runs tasks one at a time, so that each sees the result of the task before. */
  #afterOthers(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#search;
    return (this.#last = this.#last.then(() => (signal.aborted ? undefined : task(signal))));
  }

  async #read(signal: AbortSignal, before?: string): Promise<{ page: ListPage | undefined; reached: boolean }> {
    const parameters = new URLSearchParams(this.#query ? { q: this.#query } : this.whole);
    if (before !== undefined) parameters.set("before", before);
    const answer = await readJson(parameters.size ? `${this.url}?${parameters}` : this.url, this.host, signal);
    return { page: answer?.status === 200 ? (answer.body as ListPage) : undefined, reached: answer !== undefined };
  }

  #existing(before: readonly Summary[]): Exists {
    const now = new Set(this.#rows.map(({ id }) => id));
    const gone = new Set(without(before, this.#rows).map(({ id }) => id));
    const isWhole = this.#next === undefined;
    return (id) => now.has(id) || !(isWhole || gone.has(id));
  }

  #take(rows: readonly Summary[], next: string | undefined): void {
    this.#rowsOf = this.#query;
    this.#rows = rows;
    this.#next = next;
  }

  #tell(exists?: Exists): void {
    const listed = {
      rows: this.#rows,
      query: this.#query,
      hasMore: this.#next !== undefined,
      failed: this.#failed !== undefined,
    };
    this.show(listed, exists);
  }
}

const without = (rows: readonly Summary[], others: readonly Summary[]) =>
  rows.filter((row) => others.every((other) => other.id !== row.id));

const isOlder = (row: Summary, than: Summary) => Date.parse(row.updatedAt) <= Date.parse(than.updatedAt);

const inOrder = (rows: readonly Summary[]) => rows.toSorted((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
