import { button, element } from "./elements";
import { announce, find, number, onKey, rowOf } from "./given";
import { laterWords } from "./later-words";
import type { Library } from "./library";

/** Conversations that are selected in the list, to be moved or deleted together. */
export class Selection {
  readonly #ids = new Set<string>();
  #anchor: string | undefined;
  #bar: HTMLElement | undefined;
  #say: (name: string, ...values: string[]) => string = () => "";

  constructor(
    private readonly library: Library,
    private readonly scroller: HTMLElement,
  ) {
    scroller.addEventListener("click", (event) => this.#bar && this.#clicked(event), true);
    onKey(scroller, (event) => this.#bar && this.#pressed(event));
  }

  async begin(): Promise<void> {
    if (this.#bar) return this.#end();
    this.#say = await laterWords();
    const say = this.#say;
    const count = element("span", { className: "selected" });
    const act = (what: (ids: string[]) => unknown) => () => {
      const ids = [...this.#ids];
      if (ids.length === 0) return;
      this.#end();
      void what(ids);
    };
    this.#bar = element(
      "div",
      { className: "selection" },
      count,
      button(
        say("select.move"),
        act((ids) => this.library.choose(ids)),
        "quiet round",
        "folder",
      ),
      button(
        say("select.archive"),
        act((ids) => this.library.move(ids, "archive")),
        "quiet round",
        "archive",
      ),
      button(
        say("select.delete"),
        act((ids) => this.library.delete(ids)),
        "quiet round",
        "delete",
      ),
      button(say("select.done"), () => this.#end(), "quiet round done", "check"),
    );
    this.#bar.setAttribute("role", "toolbar");
    this.#bar.ariaLabel = say("select");
    onKey(this.#bar, (event) => event.key === "Escape" && this.#escape(event));
    this.scroller.before(this.#bar);
    this.scroller.dataset["selecting"] = "true";
    this.#show();
    announce(say("select.how"));
    this.scroller.querySelector<HTMLElement>("a.open[tabindex='0'], a.open")?.focus();
  }

  /** Call it when the list has changed. */
  settle(): void {
    if (this.#bar) this.#show();
  }

  #end(): void {
    this.#bar?.remove();
    this.#bar = undefined;
    this.#ids.clear();
    this.#anchor = undefined;
    delete this.scroller.dataset["selecting"];
    for (const box of this.scroller.querySelectorAll(".pick")) box.remove();
    if (document.activeElement === document.body) find(document, "[data-action=select]").focus();
  }

  #escape(event: KeyboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.#end();
    find(document, "[data-action=select]").focus();
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const item = target.closest<HTMLElement>("li[data-conversation-id]");
    if (!item || target.closest(".more")) return;
    if (!target.matches(".pick")) event.preventDefault();
    event.stopPropagation();
    const { id } = rowOf(item);
    if (event.shiftKey) this.#selectTo(id);
    else this.#toggle(id);
    // A browser undoes what is changed of a box within its click.
    setTimeout(() => this.#show());
  }

  #pressed(event: KeyboardEvent): void {
    const { key, target } = event;
    const item = (target as Element).closest<HTMLElement>("li[data-conversation-id]");
    if (key === "Escape") return this.#escape(event);
    if (key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      for (const each of this.#visible) this.#ids.add(rowOf(each).id);
    } else if (key === " " && item && (target as Element).matches("a.open")) this.#toggle(rowOf(item).id);
    else if (event.shiftKey && item && (key === "ArrowDown" || key === "ArrowUp")) {
      const items = this.#visible;
      const next = items[items.indexOf(item) + (key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      this.#anchor ??= rowOf(item).id;
      this.#ids.add(this.#anchor);
      this.#selectTo(rowOf(next).id);
      find(next, "a.open").focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.#show();
  }

  get #visible(): HTMLElement[] {
    return this.library.items.filter((item) => item.checkVisibility());
  }

  #toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
  }

  #selectTo(id: string): void {
    const ids = this.#visible.map((item) => rowOf(item).id);
    const [from, to] = [ids.indexOf(this.#anchor ?? id), ids.indexOf(id)].sort((a, b) => a - b);
    for (const between of ids.slice(Math.max(0, from!), to! + 1)) this.#ids.add(between);
    this.#anchor ??= id;
  }

  #show(): void {
    if (!this.#bar) return;
    const here = new Set<string>();
    for (const item of this.library.items) {
      const { id, title } = rowOf(item);
      here.add(id);
      let box = item.querySelector<HTMLInputElement>(".pick");
      if (!box) {
        box = element("input", { type: "checkbox", className: "pick", tabIndex: -1 });
        item.prepend(box);
      }
      box.ariaLabel = title;
      box.checked = this.#ids.has(id);
    }
    for (const id of this.#ids) if (!here.has(id)) this.#ids.delete(id);
    const text = this.#say("selected", number(this.#ids.size));
    const count = find(this.#bar, ".selected");
    if (count.textContent !== text) {
      count.textContent = text;
      announce(text);
    }
    for (const each of this.#bar.querySelectorAll<HTMLButtonElement>(".round:not(.done)")) each.disabled = this.#ids.size === 0;
  }
}
