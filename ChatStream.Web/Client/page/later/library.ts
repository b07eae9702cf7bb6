import type { Summary } from "../../stream/listing";
import type { ConversationList } from "../conversation-list";
import { mindDragging } from "./dragging";
import { addStyle } from "./elements";
import { chooseFolder, editFolder, type Folder } from "./folder-sheets";
import { announce, clone, drafts, find, marks, remember, rowOf, showItem, tellTabs } from "./given";
import { rename } from "./item-questions";
import { laterWords } from "./later-words";
import { ListKeys } from "./list-keys";
import { type Outcome, readShelf, send } from "./requests";
import { Selection } from "./selection";
import { toast, warn } from "./toast";

/** Same as in `PageController`. */
const mostMarked = 40;

let only: Library | undefined;

/** What is done with conversations in the list: they are pinned, put into folders, selected, deleted and restored. */
export function library(list: ConversationList): Library {
  only ??= new Library(list);
  return only;
}

export class Library {
  readonly #scroller = find(document, ".list");
  readonly #keys: ListKeys;
  readonly #selection: Selection;
  #refreshing: Promise<void> = Promise.resolve();
  /** The folder that is shown whole. */
  #whole: string | undefined;

  constructor(readonly list: ConversationList) {
    addStyle();
    this.#keys = new ListKeys(this.#scroller, {
      more: list.more,
      search: (text, pause) => list.listing.search(text, pause),
      isFound: list.isFound,
    });
    this.#selection = new Selection(this, this.#scroller);
    list.onChange = () => this.#settle();
    this.#settle();
    // "toggle" does not bubble.
    this.#scroller.addEventListener("toggle", ({ target }) => this.#toggled(target as HTMLDetailsElement), true);
    this.#scroller.addEventListener("click", (event) => {
      const all = (event.target as Element).closest?.("a.all");
      if (!all) return;
      event.preventDefault();
      void this.#showMore(all.closest<HTMLElement>(".folder")!);
    });
    mindDragging(this, this.#scroller);
  }

  /** Those that are in the list now, of the shelf too. */
  get items(): HTMLElement[] {
    return [...this.#scroller.querySelectorAll<HTMLElement>("li[data-conversation-id]")];
  }

  get folders(): Folder[] {
    return [...document.querySelectorAll<HTMLElement>("#shelf .folder:not([data-folder=archive])")].map(({ dataset }) => ({
      id: dataset["folder"]!,
      name: dataset["name"]!,
      colour: dataset["colour"],
      instructions: dataset["instructions"],
    }));
  }

  /** What a button of the list is for. */
  act(button: HTMLElement): void {
    const item = button.closest<HTMLElement>("li[data-conversation-id]");
    const { action } = button.dataset;
    if (action === "new-folder") return void this.#edit(undefined);
    if (action === "select") return void this.#selection.begin();
    if (action === "edit-folder") {
      const { folder } = button.closest<HTMLElement>(".folder")!.dataset;
      return void this.#edit(this.folders.find(({ id }) => id === folder));
    }
    if (!item) return;
    const row = rowOf(item);
    switch (action) {
      case "rename":
        return rename(item, (title) => this.#rename(row, title));
      case "delete":
        return void this.delete([row.id]);
      case "pin":
        return void this.#pin(row);
      case "archive":
        return void this.move([row.id], row.folderId === "archive" ? null : "archive");
      case "move":
        this.#closeMenus();
        return void this.choose([row.id]);
    }
  }

  async choose(ids: string[]): Promise<void> {
    const say = await laterWords();
    const now = new Set(ids.map((id) => this.#rowsOf([id])[0]?.folderId || ""));
    chooseFolder(say, this.folders, now.size === 1 ? [...now][0] : "?", (folderId) => void this.move(ids, folderId));
  }

  /** Puts conversations into a folder or the archive; null: takes them out. */
  async move(ids: string[], folderId: string | null): Promise<void> {
    const say = await laterWords();
    const rows = this.#rowsOf(ids);
    const { problem } = await send("POST", "conversations/move", { ids, folderId });
    if (problem) return this.#fail(say("not-changed"));
    await this.#changed(rows, (row) => ({
      ...row,
      folderId: folderId ?? "",
      pinned: folderId === "archive" ? false : !!row.pinned,
    }));
    const name = folderId === "archive" ? say("move.archive") : this.folders.find(({ id }) => id === folderId)?.name;
    this.#offerUndo(
      folderId === null ? say("moved.out", String(ids.length)) : say("moved", String(ids.length), name ?? ""),
      async () => {
        const outcomes: Outcome<unknown>[] = [];
        for (const folder of new Set(rows.map((row) => row.folderId || null))) {
          const back = rows.filter((row) => (row.folderId || null) === folder).map(({ id }) => id);
          outcomes.push(await send("POST", "conversations/move", { ids: back, folderId: folder }));
        }
        for (const { id, pinned } of rows) if (pinned) outcomes.push(await send("PATCH", `conversations/${id}`, { pinned }));
        if (!outcomes.some(({ problem }) => problem)) return this.#changed(rows, (row) => row);
        // Some may be back all the same.
        void this.list.listing.refresh();
        void this.refresh();
        this.#fail(say("not-changed"));
      },
    );
  }

  /** Deletes conversations. For some seconds a button restores them. */
  async delete(ids: string[]): Promise<void> {
    const say = await laterWords();
    const rows = this.#rowsOf(ids);
    const { problem } = await send("POST", "conversations/delete", { ids });
    if (problem) return this.#fail(say("not-deleted"));
    const typed = ids.map((id): [string, string] => [id, drafts.read(id)]);
    const wasShown = ids.find((id) => id === this.list.shownId());
    // The page would keep what is in the field.
    if (wasShown) find<HTMLTextAreaElement>(document, "#message").value = "";
    this.#keepFocus(ids, () => {
      for (const id of ids) {
        drafts.write(id, "");
        this.list.gone(id);
        for (const item of this.items) if (rowOf(item).id === id) item.remove();
        tellTabs(id);
      }
    });
    void this.refresh();
    if (wasShown) find(document, "a.new-chat").click();
    const [first] = rows;
    const text = rows.length === 1 ? say("deleted", first!.title) : say("deleted.many", String(ids.length));
    this.#offerUndo(text, async () => {
      const { body } = await send<{ ids: string[] }>("POST", "conversations/restore", { ids });
      if (!body?.ids.length) return this.#fail(say("not-restored"));
      for (const [id, text] of typed) drafts.write(id, text);
      await this.#changed(rows, (row) => row);
      announce(say("restored"));
      const item = this.items.find((each) => rowOf(each).id === (wasShown ?? first?.id));
      if (wasShown) item?.querySelector<HTMLElement>("a.open")?.click();
      else item?.querySelector<HTMLElement>("a.open")?.focus();
    });
  }

  /** Reads again what stands before the days. What is open in it, or has the focus, stays. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.then(async () => {
      if (document.querySelector("#shelf .more[open]") || document.body.dataset["dragging"]) return;
      const fresh = await readShelf(this.list.shownId(), this.#whole, this.#marked);
      const shelf = find(document, "#shelf");
      if (!fresh || document.querySelector("#shelf .more[open]")) return;
      const next = document.importNode(fresh, true);
      next.hidden = shelf.hidden;
      const held = placeOf(document.activeElement);
      shelf.replaceWith(next);
      this.list.showAgain();
      if (held) next.querySelector<HTMLElement>(held)?.focus();
      const shown = next.querySelector<HTMLElement>("li:has([aria-current])");
      if (shown) this.list.onShown(rowOf(shown));
    });
    return this.#refreshing;
  }

  /** Those with a mark that do not stand among the days. They may stand in a folder that is not here whole. */
  get #marked(): string[] {
    const rows = document.querySelectorAll<HTMLElement>("#conversations li[data-conversation-id]");
    const here = new Set([...rows].map((item) => rowOf(item).id));
    return Object.keys(marks.read())
      .filter((id) => !here.has(id))
      .slice(0, mostMarked);
  }

  #rowsOf(ids: string[]): Summary[] {
    const rows = this.items.map(rowOf);
    return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
  }

  async #rename(row: Summary, title: string): Promise<boolean> {
    if ((await send("PATCH", `conversations/${row.id}`, { title })).problem) return false;
    this.list.listing.change(row.id, { title });
    for (const item of this.items) if (rowOf(item).id === row.id) find(item, "[data-title]").textContent = title;
    if (row.id === this.list.shownId()) this.list.onShown({ ...row, title });
    tellTabs(row.id);
    return true;
  }

  async #pin(row: Summary): Promise<void> {
    const say = await laterWords();
    const pinned = !row.pinned;
    const { problem } = await send("PATCH", `conversations/${row.id}`, { pinned });
    this.#closeMenus();
    if (problem) return this.#fail(say(problem.code === "too_many_pinned" ? "too-many-pinned" : "not-changed"));
    await this.#changed([row], () => ({
      ...row,
      pinned,
      folderId: pinned && row.folderId === "archive" ? "" : (row.folderId ?? ""),
    }));
    announce(say(pinned ? "pinned" : "unpinned", row.title));
  }

  async #edit(folder: Folder | undefined): Promise<void> {
    const say = await laterWords();
    editFolder(say, folder, (id) => {
      void this.refresh().then(() => {
        if (id) document.querySelector<HTMLElement>(`.folder[data-folder="${id}"] summary`)?.focus();
        // Its conversations stand among the days again.
        else if (folder) void this.list.listing.refresh();
      });
      announce(say(id ? "folder.saved" : "folder.deleted"));
    });
  }

  /** Shows conversations where they stand now. */
  async #changed(rows: Summary[], to: (row: Summary) => Summary): Promise<void> {
    this.#closeMenus();
    const isSearch = find<HTMLInputElement>(document, "#search").value.trim() !== "";
    this.#keepFocus(
      rows.map(({ id }) => id),
      () => {
        for (const row of rows.map(to)) {
          if (isSearch) this.list.listing.change(row.id, row);
          else if (row.pinned || row.folderId) this.list.listing.remove(row.id);
          else this.list.listing.include(row);
          tellTabs(row.id);
        }
      },
    );
    await this.refresh();
  }

  #keepFocus(ids: string[], change: () => void): void {
    const { activeElement } = document;
    const links = () => [...this.#scroller.querySelectorAll<HTMLElement>("a.open")].filter((link) => link.checkVisibility());
    const at = links().findIndex((link) => ids.includes(rowOf(link.closest("li")!).id));
    const held = this.#scroller.contains(activeElement);
    change();
    if (held && !document.contains(activeElement)) (links()[at] ?? links().at(-1) ?? find(document, "#search")).focus();
  }

  #offerUndo(text: string, undo: () => Promise<void>): void {
    void laterWords().then((say) =>
      toast(text, { undo: say("undo"), close: say("close"), key: say("undo.key") }, () => void undo()),
    );
  }

  #fail(text: string): void {
    const menu = document.querySelector<HTMLDetailsElement>(".more[open]");
    if (menu) {
      menu.open = false;
      find(menu, "summary").focus();
    }
    void laterWords().then((say) => warn(text, say));
  }

  #closeMenus(): void {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>(".more[open]")) menu.open = false;
  }

  #settle(): void {
    this.#keys.settle();
    this.#selection.settle();
  }

  #toggled(details: HTMLDetailsElement): void {
    if (details.matches(".more")) return details.open ? showState(details.closest("li")!) : undefined;
    const folder = details.closest<HTMLElement>(".folder");
    if (!folder) return;
    const open = [...document.querySelectorAll<HTMLElement>("#shelf .folder:has(> details[open])")];
    remember("folders", open.map(({ dataset }) => dataset["folder"]).join("."));
    if (!details.open || !details.querySelector(".all") || folder.dataset["folder"] === this.#whole) return;
    this.#whole = folder.dataset["folder"];
    void this.refresh();
  }

  /** Adds the next conversations of a folder that has many. */
  async #showMore(folder: HTMLElement): Promise<void> {
    const parameters = new URLSearchParams({ folder: folder.dataset["folder"]!, pinned: "false", limit: "100" });
    const here = new Set(this.items.map((item) => rowOf(item).id));
    const list = find(folder, "ul");
    let fresh: Summary[] = [];
    let next: string | undefined = "";
    while (fresh.length === 0 && next !== undefined) {
      if (next) parameters.set("before", next);
      const { body } = await send<{ conversations: Summary[]; next?: string }>("GET", `conversations?${parameters}`);
      if (!body) return this.#fail((await laterWords())("folder.rest-failed"));
      fresh = body.conversations.filter(({ id }) => !here.has(id));
      next = body.next;
    }
    for (const row of fresh) {
      const item = clone("conversation-item");
      showItem(item, row, row.id === this.list.shownId(), false);
      list.append(item);
    }
    if (next === undefined) folder.querySelector(".all")?.remove();
    this.#settle();
    list.querySelectorAll<HTMLElement>("a.open")[list.children.length - fresh.length]?.focus();
  }
}

/** A menu says what can be done now. */
function showState(item: HTMLElement): void {
  const { pinned, folderId } = rowOf(item);
  for (const [action, isOn] of [
    ["pin", pinned],
    ["archive", folderId === "archive"],
  ] as const) {
    const [off, on] = item.querySelectorAll<HTMLElement>(`[data-action=${action}] > span`);
    if (off) off.hidden = Boolean(isOn);
    if (on) on.hidden = !isOn;
  }
}

/** A selector for the same place after the markup has come again. */
function placeOf(element: Element | null): string | undefined {
  if (!element?.closest("#shelf")) return undefined;
  const item = element.closest<HTMLElement>("li[data-conversation-id]");
  if (item) {
    const within = element.matches("summary") ? ".more summary" : "a.open";
    return `[data-conversation-id="${item.dataset["conversationId"]}"] ${within}`;
  }
  const folder = element.closest<HTMLElement>(".folder");
  return folder ? `.folder[data-folder="${folder.dataset["folder"]}"] summary` : undefined;
}
