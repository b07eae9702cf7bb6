import { announce, connection, find, onKey, routes } from "./given";
import { laterWords } from "./later-words";
import { make } from "./make";
import { styled } from "./style";
import { forgetTyped, keepTyped } from "./typed-texts";

/** What `GET /prompts` says about one. */
interface Prompt {
  title: string;
  text: string;
  model?: string;
  preset?: string;
}

type Say = Awaited<ReturnType<typeof laterWords>>;

/** A field in the text of a prompt. */
const gap = /\{\{([^{}\n]{1,60})\}\}/g;

const message = () => find<HTMLTextAreaElement>(document, "#message");

/** Puts the prompt of a link of a new chat into the field. */
export async function begin(link: HTMLElement): Promise<void> {
  const { prompt = "", model, preset } = link.dataset;
  const title = link.querySelector("b")?.textContent ?? "";
  const say = await prepared();
  take({ title, text: prompt, ...(model && { model }), ...(preset && { preset }) }, say);
}

/** Offers the prompts while the message is a slash and the beginning of one. What no prompt has stays a message. */
export async function offerPrompts(field: HTMLTextAreaElement): Promise<void> {
  if (document.querySelector(".prompt-picker")) return;
  const [prompts, say] = await Promise.all([load(), prepared()]);
  const typed = typedIn(field);
  if (typed === undefined || document.activeElement !== field || found(prompts, typed).length === 0) return;
  new Picker(prompts, say, typed);
}

const prepared = async () => (await Promise.all([laterWords(), styled("settings")]))[0];

const typedIn = ({ value }: HTMLTextAreaElement) => (/^\/[^\n]*$/.test(value) ? value.slice(1) : undefined);

async function load(): Promise<Prompt[]> {
  try {
    const response = await connection.fetch(`${routes.newChat}prompts`, {});
    return response.ok ? ((await response.json()) as { prompts: Prompt[] }).prompts : [];
  } catch {
    return [];
  }
}

/** Those that have all words of the filter, in the title before those in the text. */
function found(prompts: Prompt[], filter: string): Prompt[] {
  const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLocaleLowerCase().includes(word));
  const inTitle = prompts.filter(({ title }) => has(title));
  return [...inTitle, ...prompts.filter((prompt) => !inTitle.includes(prompt) && has(`${prompt.title}\n${prompt.text}`))];
}

/** The list of prompts, with a field of its own for the filter: a combobox. */
class Picker {
  readonly #panel = panel("prompt-picker");
  readonly #filter = document.createElement("input");
  readonly #list = document.createElement("ul");
  #shown: Prompt[] = [];
  #at = 0;
  #isClosed = false;

  constructor(
    private readonly prompts: Prompt[],
    private readonly say: Say,
    typed: string,
  ) {
    this.#list.id = "prompt-options";
    this.#list.role = "listbox";
    this.#list.ariaLabel = say("prompts");
    const filter = this.#filter;
    filter.role = "combobox";
    filter.ariaLabel = filter.placeholder = say("prompts.filter");
    filter.autocomplete = "off";
    filter.spellcheck = false;
    filter.enterKeyHint = "done";
    filter.ariaExpanded = "true";
    filter.ariaAutoComplete = "list";
    filter.setAttribute("aria-controls", this.#list.id);
    filter.value = typed;
    const own = document.createElement("a");
    own.href = `${routes.newChat}settings`;
    own.dataset["action"] = "settings";
    own.textContent = say("prompts.own");
    own.addEventListener("click", () => this.#close());
    this.#panel.append(filter, this.#list, own);
    onKey(filter, (event) => this.#key(event));
    // While an input method composes, the filter is not what it will be.
    filter.addEventListener("input", (event) => (event as InputEvent).isComposing || this.#show());
    filter.addEventListener("compositionend", () => this.#show());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("[role=option]") : null;
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
    this.#panel.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.#panel.contains(relatedTarget))) this.#close();
    });
    filter.focus();
    this.#show();
  }

  #show(): void {
    this.#shown = found(this.prompts, this.#filter.value);
    if (this.#shown.length === 0) return this.#back();
    this.#list.replaceChildren(...this.#shown.map(optionOf));
    this.#mark(0);
    announce(this.say("prompts.found", String(this.#shown.length)));
  }

  #mark(at: number): void {
    this.#at = (at + this.#shown.length) % this.#shown.length;
    for (const [i, option] of [...this.#list.children].entries()) option.ariaSelected = String(i === this.#at);
    const marked = this.#list.children[this.#at]!;
    this.#filter.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  }

  #key(event: KeyboardEvent): void {
    const act = this.#actionOf(event);
    if (!act) return;
    event.preventDefault();
    // Escape means this list, and not the answer that is being written.
    event.stopPropagation();
    act();
  }

  #actionOf({ key, shiftKey }: KeyboardEvent): (() => void) | undefined {
    switch (key) {
      case "ArrowDown":
        return () => this.#mark(this.#at + 1);
      case "ArrowUp":
        return () => this.#mark(this.#at - 1);
      case "Enter":
        return () => this.#choose(this.#at);
      case "Tab":
        return shiftKey ? undefined : () => this.#choose(this.#at);
      case "Escape":
        return () => this.#back();
      case "Backspace":
        return this.#filter.value ? undefined : () => this.#back("");
    }
    return undefined;
  }

  /** What was typed is a message. */
  #back(text = `/${this.#filter.value}`): void {
    this.#close();
    write(text);
  }

  #choose(at: number): void {
    const prompt = this.#shown[at];
    this.#close();
    if (!prompt) return;
    message().value = "";
    take(prompt, this.say);
  }

  /** Removing the field takes the focus from it, which closes the list again. */
  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#panel.remove();
  }
}

function optionOf({ title, text }: Prompt, at: number): HTMLElement {
  const option = document.createElement("li");
  option.id = `prompt-${at}`;
  option.role = "option";
  for (const [element, content] of [
    ["b", title],
    ["span", text.slice(0, 300)],
  ] as const) {
    const part = option.appendChild(document.createElement(element));
    part.dir = "auto";
    part.textContent = content;
  }
  return option;
}

/** Inserts a prompt, after its fields have been filled in. They are closed when another conversation is opened. */
function take(prompt: Prompt, say: Say): void {
  for (const other of document.querySelectorAll(".prompt-fields")) other.remove();
  const names = [...new Set([...prompt.text.matchAll(gap)].map(([, name]) => name!.trim()))];
  if (names.length === 0) return insert(prompt, new Map());
  const fields = panel("prompt-fields", "form") as HTMLFormElement;
  fields.autocomplete = "off";
  fields.ariaLabel = prompt.title;
  const title = fields.appendChild(document.createElement("b"));
  title.dir = "auto";
  title.textContent = prompt.title;
  const place = `prompt ${prompt.title}\n${prompt.text}`;
  const inputs = new Map<string, HTMLInputElement>();
  for (const name of names) {
    const label = fields.appendChild(document.createElement("label"));
    const words = label.appendChild(document.createElement("span"));
    words.dir = "auto";
    words.textContent = name;
    const input = label.appendChild(document.createElement("input"));
    input.dir = "auto";
    keepTyped(place, input, name);
    inputs.set(name, input);
  }
  const close = () => {
    fields.remove();
    message().focus();
  };
  const cancel = make("button", { type: "button", class: "quiet" }, say("cancel"));
  cancel.addEventListener("click", () => {
    forgetTyped(place);
    close();
  });
  const controls = make("div", { class: "controls" }, cancel, make("button", { class: "primary" }, say("prompts.insert")));
  fields.append(controls);
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    forgetTyped(place);
    fields.remove();
    insert(prompt, new Map([...inputs].map(([name, { value }]) => [name, value])));
  });
  onKey(fields, (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  document.addEventListener("leaving", () => fields.remove(), { once: true });
  [...inputs.values()][0]!.focus();
}

/** A field that was left empty stays in the text. */
function insert({ text, model, preset }: Prompt, values: Map<string, string>): void {
  choose("#model", model);
  choose("#preset", preset);
  const filled = text.replace(gap, (whole, name: string) => values.get(name.trim()) || whole);
  write([message().value, filled].filter(Boolean).join("\n\n"));
}

/** The panel that has the list may not be loaded yet: then it reads what is chosen. */
function choose(selector: string, value: string | undefined): void {
  const select = document.querySelector<HTMLSelectElement>(selector);
  if (!select || !value || ![...select.options].some((option) => option.value === value)) return;
  select.value = value;
  select.dispatchEvent(new Event("pointerover", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function write(text: string): void {
  const field = message();
  field.value = text;
  field.focus();
  field.setSelectionRange(text.length, text.length);
  // A slash alone must not open the list again.
  if (text !== "/") field.dispatchEvent(new Event("input", { bubbles: true }));
}

function panel(name: string, element = "div"): HTMLElement {
  const made = document.createElement(element);
  made.className = `prompt-panel ${name}`;
  // Not in the form of the message, which it would submit.
  find(document, "#composer").before(made);
  place(made);
  // An on-screen keyboard takes room too.
  const again = () => (made.isConnected ? place(made) : removeEventListener("resize", again));
  addEventListener("resize", again);
  return made;
}

/** Above the box, or below it where there is more room. */
function place(made: HTMLElement): void {
  const box = find(document, "#composer .box").getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const isBelow = below > box.top;
  made.style.insetInlineStart = `${document.dir ? innerWidth - box.right : box.left}px`;
  made.style.inlineSize = `${box.width}px`;
  made.style.insetBlock = isBelow ? `${box.bottom + 8}px auto` : `auto ${innerHeight - box.top + 8}px`;
  made.style.maxBlockSize = `${Math.min(352, (isBelow ? below : box.top) - 16)}px`;
}
