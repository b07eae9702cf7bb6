import { ask } from "./asking";
import { clone, find, hasWord, LiveAnswer, MessageView, number, onKey, routes, showVersions, word } from "./given";
import { iconButton } from "./icons";
import { laterWords } from "./later-words";
import { make } from "./make";

/** Two answers to one message, of which the user has chosen none yet. Each tab of the browser knows of it. */
interface Pair {
  /** The one on the shown path. */
  first: string;
  second: string;
}

type Say = Awaited<ReturnType<typeof laterWords>>;

const place = "chatstream.compared";
/** Pairs that are remembered. */
const mostPairs = 50;
const form = () => find<HTMLFormElement>(document, "#composer");
const log = () => find(document, "#conversation");
const shownId = () => form().querySelector<HTMLInputElement>("[name=conversationId]")?.value;
const lastArticle = () => [...log().querySelectorAll<HTMLElement>(":scope > article.message")].at(-1);

let picker: HTMLSelectElement | undefined;
/** The model that is asked too, and the answer beside whose own it is: one that is not taken never begins. */
let asked: { model: string; beside: HTMLElement } | undefined;
let shown: Compared | undefined;
let isBeginning = false;

/** Adds the button that has the next message answered by a second model too. */
export async function offerComparing(): Promise<void> {
  const model = form().querySelector<HTMLSelectElement>("#model");
  if (!model) return;
  const say = await laterWords();
  const button = iconButton("columns", say("compare"));
  button.classList.add("compare");
  button.ariaPressed = "false";
  const second = make("select", { "class": "second", "aria-label": say("compare-model"), "hidden": true });
  for (const { value, text } of model.options) second.append(new Option(text, value));
  picker = second;
  const turn = (on: boolean) => {
    button.ariaPressed = String(on);
    second.hidden = !on;
    if (on && second.value === model.value) second.selectedIndex = (model.selectedIndex + 1) % model.options.length;
  };
  button.addEventListener("click", () => turn(Boolean(second.hidden)));
  model.after(button, second);
  const mindStart = (isIdle: boolean) => {
    asked = undefined;
    const beside = lastArticle();
    const { role, messageId } = beside?.dataset ?? {};
    // What was held back, or waits for a running answer, has begun none.
    const hasBegun = isIdle && role === "assistant" && !messageId;
    if (hasBegun && !second.hidden && second.value !== model.value) asked = { model: second.value, beside: beside! };
  };
  // The page's own listener, which sends the message, comes between the two.
  let isIdle = false;
  document.addEventListener(
    "submit",
    () => {
      isIdle = find(form(), ".stop").hidden !== false;
    },
    true,
  );
  document.addEventListener("submit", ({ target }) => target === form() && mindStart(isIdle));
  document.addEventListener("comparing", () => turn(false));
}

/** Begins the second answer once the first has begun, and shows a pair again that is not decided. */
export async function showCompared(): Promise<void> {
  shown?.mind();
  if (shown || isBeginning) return;
  const [article, conversationId] = [lastArticle(), shownId()];
  const { messageId, parentId, role, state } = article?.dataset ?? {};
  if (!article || !conversationId || !messageId || !parentId || role !== "assistant") return;
  const pair = read()[conversationId];
  if (asked?.beside === article && state === "running") {
    const { model } = asked;
    asked = undefined;
    document.dispatchEvent(new Event("comparing"));
    shown = await compare(article, conversationId);
    void shown?.ask(parentId, model);
  } else if (pair?.first === messageId) {
    shown = await compare(article, conversationId);
    void shown?.attach(pair.second);
  } else if (pair?.second === messageId) {
    // The page was loaded again before the server knew that the first one is to be shown.
    [...article.querySelectorAll<HTMLElement>(".versions [data-action=previous]")].at(-1)?.click();
  }
}

/** Another conversation is opened. The pair stays with its own, and is shown there again. */
export function leaveCompared(): void {
  shown?.leave();
  queueMicrotask(() => void showCompared());
}

async function compare(article: HTMLElement, conversationId: string): Promise<Compared | undefined> {
  isBeginning = true;
  const say = await laterWords();
  isBeginning = false;
  return article.isConnected ? new Compared(article, conversationId, say) : undefined;
}

/** Two answers side by side: that of the page, and one beside it, which no other part of the page knows. */
class Compared {
  readonly #rival: HTMLElement;
  readonly #view: InstanceType<typeof MessageView>;
  readonly #live: InstanceType<typeof LiveAnswer>;
  readonly #stop: HTMLButtonElement;
  readonly #over = new AbortController();
  #second: string | undefined;
  #isOver = false;
  /** The second one was chosen, and the first is being stopped. */
  #waits = false;

  constructor(
    private readonly article: HTMLElement,
    private readonly conversationId: string,
    private readonly say: Say,
  ) {
    const template = clone("assistant-message");
    // Not an article: it is not on the path that the page shows.
    this.#rival = make("div", { class: "message rival", role: "group" });
    for (const { name, value } of template.attributes) if (name.startsWith("data-")) this.#rival.setAttribute(name, value);
    this.#rival.append(...template.childNodes);
    this.#stop = make("button", { type: "button", class: "quiet" }, say("compare-stop"));
    this.#stop.addEventListener("click", () => this.#live.stop());
    this.#view = new MessageView(this.#rival);
    this.#live = new LiveAnswer(this.#view, (start) => this.#began(start.messageId));
    const { signal } = this.#over;
    // Stop and Escape stop both.
    document.addEventListener("click", ({ target }) => this.#stopsWith(target), { signal });
    onKey(
      document,
      ({ key }) => {
        if (key === "Escape" && !document.querySelector(".more[open], .manner[open], dialog[open]")) this.#live.stop();
      },
      signal,
    );
    article.after(this.#rival);
    log().classList.add("comparing");
    this.#rival.prepend(this.#head(2, "", () => this.#chooseSecond()));
    this.mind();
  }

  async ask(parentId: string, model: string): Promise<void> {
    const body = { conversationId: this.conversationId, parentId, model };
    find(this.#rival, ".contender > span").textContent =
      picker?.querySelector<HTMLOptionElement>(`[value="${CSS.escape(model)}"]`)?.text ?? model;
    await this.#show({ start: { key: newKey(), body } });
  }

  async attach(second: string): Promise<void> {
    this.#second = second;
    await this.#show({ attach: second });
  }

  /** Lets both go on at the server, undecided. */
  leave(): void {
    this.#close();
    this.#live.leave();
  }

  /** Call it when the page has changed. */
  mind(): void {
    if (this.#isOver) return;
    if (!this.#rival.isConnected || shownId() !== this.conversationId) return this.leave();
    const first = lastArticle();
    // Another tab, or the server's page, shows the second one: it is the path now.
    if (first && first.dataset["messageId"] === this.#second) return this.#end(false);
    if (!first?.dataset["messageId"] || this.#rival.previousElementSibling !== first) return this.#end(true);
    if (!first.querySelector(":scope > .contender"))
      first.prepend(this.#head(1, find(first, ".model").textContent, () => this.#end(true)));
    if (this.#waits && first.dataset["state"] === "ended") this.#showSecond(first);
  }

  async #show(origin: Parameters<InstanceType<typeof LiveAnswer>["show"]>[0]): Promise<void> {
    this.#stop.hidden = false;
    const outcome = await this.#live.show(origin);
    this.#stop.hidden = true;
    if (this.#isOver || outcome.type === "ended" || outcome.type === "left") return;
    this.#rival.dataset["state"] = "ended";
    if (this.#live.started) return;
    const { code, numbers } = outcome.type === "refused" ? outcome.problem : {};
    const key = `refused.${code}`;
    const told = code && hasWord(key) ? word(key, ...(numbers ?? []).map(number)) : word("refused.any");
    find(this.#rival, ".ending").replaceChildren(make("p", { role: "alert" }, told));
  }

  /** The server has the second answer: it now shows that one. The page goes on with the first until the user has chosen. */
  #began(second: string): void {
    this.#second = second;
    const first = this.article.dataset["messageId"]!;
    write(this.conversationId, { first, second });
    find(this.#rival, ".contender > span").textContent = find(this.#rival, ".model").textContent;
    const current = lastArticle();
    if (current?.dataset["messageId"] === first) showVersions(current, [first, second]);
    void ask(routes.stored(this.conversationId), "PATCH", { leafId: first });
  }

  #head(which: 1 | 2, model: string, choose: () => void): HTMLElement {
    const id = `contender-${which}`;
    const button = make("button", { "type": "button", "aria-describedby": id }, this.say("compare-choose"));
    button.addEventListener("click", choose);
    return make("p", { class: "late contender" }, make("span", { id }, model), ...(which === 2 ? [this.#stop] : []), button);
  }

  #chooseSecond(): void {
    const first = lastArticle();
    if (!first || !this.#second) return;
    if (first.dataset["state"] === "ended") return this.#showSecond(first);
    this.#waits = true;
    find<HTMLButtonElement>(form(), ".stop").click();
  }

  /** By the button of the versions: the page then shows the second one as it shows any other version. */
  #showSecond(first: HTMLElement): void {
    this.#close();
    write(this.conversationId, undefined);
    this.#live.leave();
    const versions = [...first.querySelectorAll<HTMLElement>(".versions")].at(-1)!;
    find<HTMLButtonElement>(versions, "[data-action=next]").click();
  }

  #stopsWith(target: EventTarget | null): void {
    if (!this.#waits && target instanceof Element && target.closest("#composer .stop")) this.#live.stop();
  }

  /** @param chosen The first one was chosen, so the second need not be written to its end. */
  #end(chosen: boolean): void {
    this.#close();
    write(this.conversationId, undefined);
    if (chosen && this.#rival.dataset["state"] === "running") this.#live.stop();
    else this.#live.leave();
    if (chosen) form().querySelector<HTMLElement>("#message")?.focus({ preventScroll: true });
  }

  #close(): void {
    this.#isOver = true;
    if (shown === this) shown = undefined;
    this.#over.abort();
    this.#rival.remove();
    for (const head of log().querySelectorAll(".contender")) head.remove();
    log().classList.remove("comparing");
  }
}

/** As the page's own keys: `crypto.randomUUID` does not exist over plain HTTP. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** By their conversation, the newest last. */
type Pairs = Record<string, Pair>;

function read(): Pairs {
  try {
    return (JSON.parse(localStorage.getItem(place) ?? "{}") as Pairs | null) ?? {};
  } catch {
    return {};
  }
}

function write(conversationId: string, pair: Pair | undefined): void {
  const others = Object.entries(read()).filter(([id]) => id !== conversationId);
  const all = pair ? [...others, [conversationId, pair] as const] : others;
  try {
    localStorage.setItem(place, JSON.stringify(Object.fromEntries(all.slice(-mostPairs))));
  } catch {
    // Without the storage, a reload shows one of the two, and the other as a version of it.
  }
}
