import { find } from "./dom";
import { closeDrawer } from "./drawer";
import { onKey } from "./keys";

interface Listed {
  /** The button that loads more. */
  more: HTMLElement;
  search(text: string, pause?: number): void;
  /** True if the list has the results of a search for this text. */
  isFound(text: string): boolean;
}

/**
 * The keys of the list and of its search field. The list is one stop of the Tab key: arrows go from entry to entry, to the
 * right to the actions of an entry, and up to the search field.
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
    if (!this.#stop || !links.includes(this.#stop))
      this.#stop = this.list.querySelector<HTMLElement>("a.open[aria-current]") ?? links[0];
    for (const link of links) link.tabIndex = link === this.#stop ? 0 : -1;
    for (const actions of this.list.querySelectorAll<HTMLElement>("summary")) actions.tabIndex = -1;
  }

  get #links(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("a.open")];
  }

  #inSearch(key: string): boolean {
    const text = this.#search.value;
    const [first] = this.#links;
    switch (key) {
      case "ArrowDown":
        return focus(first);
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
    if (!link || !target.matches("a.open, summary")) return false;
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
      // The button is at the end of the line. Only pages from right to left name their direction.
      case document.dir ? "ArrowLeft" : "ArrowRight":
        return focus(link.closest("li")?.querySelector<HTMLElement>("summary"));
      case "ArrowLeft":
      case "ArrowRight":
        return focus(link);
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

const linkOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest("li")?.querySelector<HTMLElement>("a.open") : undefined;

function focus(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element !== null && element !== undefined;
}
