import type { Host } from "./host";
import { readJson } from "./json";

/** An entry of the list of conversations. */
export interface Summary {
  id: string;
  title: string;
  leafId: string;
  updatedAt: string;
  running: boolean;
}

export interface ListPage {
  conversations: Summary[];
  next?: string;
}

export interface Listed {
  rows: readonly Summary[];
  query: string;
  hasMore: boolean;
  failed: boolean;
}

/** False for a conversation that the server no longer has. One that is further down than the loaded pages may exist. */
export type Exists = (id: string) => boolean;

/** A search starts this long after the last key, in milliseconds, so that not every letter starts one. */
export const typingPause = 250;

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

  constructor(
    private readonly url: string,
    private readonly host: Host,
    /** `exists` is given after the list, and not a search, was read again. */
    private readonly show: (listed: Listed, exists?: Exists) => void,
    first: ListPage = nothing,
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

  search(text: string): void {
    this.host.clearTimeout(this.#timer);
    this.#timer = this.host.setTimeout(() => {
      const query = text.trim();
      if (query === this.#query && !this.#failed) return;
      this.#query = query;
      // The responses to an earlier search are not needed.
      this.#search.abort();
      this.#search = new AbortController();
      void this.#readFirst();
    }, typingPause);
  }

  more(): Promise<void> {
    return this.#afterOthers(async (signal) => {
      if (this.#next === undefined) return;
      const page = await this.#read(signal, this.#next);
      if (signal.aborted) return;
      this.#failed = page ? undefined : "more";
      if (page) this.#take([...this.#rows, ...without(page.conversations, this.#rows)], page.next);
      this.#tell();
    });
  }

  again(): Promise<void> {
    return this.#failed === "more" ? this.more() : this.#readFirst();
  }

  /** Reads the first page again. It has what is new or changed; a row that is missing in it was deleted. */
  refresh(): Promise<void> {
    return this.#afterOthers(async (signal) => {
      // A change on this page during the reading may be missing in the response: read again.
      let changes: number;
      let page: ListPage | undefined;
      do {
        changes = this.#changes;
        page = await this.#read(signal);
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
    if (this.#query && !this.find(row.id)) return;
    this.#set([row, ...without(this.#rows, [row])]);
  }

  change(id: string, change: Partial<Summary>): void {
    this.#set(this.#rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  }

  remove(id: string): void {
    this.#set(this.#rows.filter((row) => row.id !== id));
  }

  #set(rows: readonly Summary[]): void {
    this.#changes++;
    this.#rows = rows;
    this.#tell();
  }

  #readFirst(): Promise<void> {
    return this.#afterOthers(async (signal) => {
      const page = await this.#read(signal);
      if (signal.aborted) return;
      this.#failed = page ? undefined : "first";
      this.#take(page?.conversations ?? [], page?.next);
      this.#tell();
    });
  }

  /** Runs tasks one at a time, so that each sees the result of the task before. */
  #afterOthers(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#search;
    return (this.#last = this.#last.then(() => (signal.aborted ? undefined : task(signal))));
  }

  async #read(signal: AbortSignal, before?: string): Promise<ListPage | undefined> {
    const parameters = new URLSearchParams();
    if (this.#query) parameters.set("q", this.#query);
    if (before !== undefined) parameters.set("before", before);
    const answer = await readJson(parameters.size ? `${this.url}?${parameters}` : this.url, this.host, signal);
    return answer?.status === 200 ? (answer.body as ListPage) : undefined;
  }

  #existing(before: readonly Summary[]): Exists {
    const now = new Set(this.#rows.map(({ id }) => id));
    const gone = new Set(without(before, this.#rows).map(({ id }) => id));
    const isWhole = this.#next === undefined;
    return (id) => now.has(id) || !(isWhole || gone.has(id));
  }

  #take(rows: readonly Summary[], next: string | undefined): void {
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
