import { closeDrawer, find, onKey } from "./given";

interface Listed {
  /** The button that loads more. */
  more: HTMLElement;
  search(text: string, pause?: number): void;
  /** True if the list has the results of a search for this text. */
  isFound(text: string): boolean;
}

/** A folder's name, which folds it. */
const fold = ".folder summary:not(.more > *)";

/**
 * The keys of the list and of its search field. The list is one stop of the Tab key: arrows go from entry to entry, to the
 * right to the actions of an entry, and up to the search field. To the right a folder is opened, to the left it is shut.
 */
export class ListKeys {
  readonly #search = find<HTMLInputElement>(document, "#search");
  #stop: HTMLElement | undefined;

  constructor(
    private readonly list: HTMLElement,
    private readonly listed: Listed,
  ) {
    this.#search.addEventListener("input", () => listed.search(this.#search.value));
    // A browser may keep the search text over a reload.
    if (this.#search.value) listed.search(this.#search.value);
    handle(this.#search, (key) => this.#inSearch(key));
    handle(list, (key, target) => this.#inList(key, target));
    handle(listed.more, (key) => key === "ArrowUp" && focus(this.#links.at(-1)));
    list.addEventListener("focusin", ({ target }) => {
      const link = linkOf(target);
      if (link) this.#stop = link;
      this.settle();
    });
  }

  /** Call it when the list has changed. */
  settle(): void {
    const links = this.#links;
    if (!this.#stop || !links.includes(this.#stop)) this.#stop = links.find((link) => link.ariaCurrent) ?? links[0];
    for (const link of links) link.tabIndex = link === this.#stop ? 0 : -1;
    for (const actions of this.list.querySelectorAll<HTMLElement>(".more summary, .folder-actions > *")) actions.tabIndex = -1;
  }

  get #links(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(`a.open, ${fold}`)].filter((link) => link.checkVisibility());
  }

  #inSearch(key: string): boolean {
    const text = this.#search.value;
    const first = this.#links.find((link) => link.matches("a"));
    switch (key) {
      case "ArrowDown":
        return focus(this.#links[0]);
      case "Enter":
        if (text.trim() && first && this.listed.isFound(text)) first.click();
        else this.listed.search(text, 0);
        return true;
      case "Escape":
        if (text) {
          this.#search.value = "";
          this.listed.search("", 0);
        } else if (!closeDrawer()) find(document, "#message").focus();
        return true;
    }
    return false;
  }

  #inList(key: string, target: HTMLElement): boolean {
    const link = linkOf(target);
    if (!link || !target.matches("a.open, summary, .folder-actions > *")) return false;
    const links = this.#links;
    const at = links.indexOf(link);
    switch (key) {
      case "ArrowDown":
        return focus(links[at + 1]) || (!this.listed.more.hidden && focus(this.listed.more));
      case "ArrowUp":
        return focus(links[at - 1] ?? this.#search);
      case "Home":
        return focus(links[0]);
      case "End":
        return focus(links.at(-1));
      // Only pages from right to left name their direction.
      case document.dir ? "ArrowLeft" : "ArrowRight":
        if (link.matches("a")) return focus(link.closest("li")?.querySelector<HTMLElement>("summary"));
        if (target === link && !foldOf(link).open) return (foldOf(link).open = true);
        return focus(
          target === link
            ? link.closest(".folder")?.querySelector<HTMLElement>(".folder-actions > *")
            : (target.nextElementSibling as HTMLElement | null),
        );
      case document.dir ? "ArrowRight" : "ArrowLeft":
        if (target === link && !link.matches("a")) foldOf(link).open = false;
        return focus((target !== link && (target.previousElementSibling as HTMLElement | null)) || link);
    }
    return false;
  }
}

/** Calls a function with each key that is pressed without a modifier. True: it has done all. */
function handle(element: HTMLElement, act: (key: string, target: HTMLElement) => boolean): void {
  onKey(element, (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (target instanceof HTMLElement && act(key, target)) event.preventDefault();
  });
}

const foldOf = (link: HTMLElement) => link.closest("details")!;

const linkOf = (target: EventTarget | null) =>
  target instanceof Element
    ? ((target.closest("li") ?? target.closest(".folder"))?.querySelector<HTMLElement>("a.open, summary") ?? undefined)
    : undefined;

function focus(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element !== null && element !== undefined;
}
