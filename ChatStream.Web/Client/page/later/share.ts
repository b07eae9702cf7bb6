import { ask, wordsOf } from "./asking";
import { closeBeside } from "./beside";
import { find, onKey, routes } from "./given";
import { iconButton } from "./icons";
import { laterWords } from "./later-words";
import { locale } from "./locale";
import { make } from "./make";

interface Share {
  conversationId: string;
  expiresAt: string;
}

interface Shares {
  shares: Share[];
  readers: "off" | "signed-in" | "anyone";
  days: number;
  mostDays: number;
}

type Say = Awaited<ReturnType<typeof laterWords>>;

const day = 86_400_000;
const shares = () => `${routes.newChat}shares`;
const shownId = () => document.querySelector<HTMLInputElement>("#composer [name=conversationId]")?.value;

/** Adds the button beside the title. A conversation that has no file to download is not shared either. */
export async function offerShare(): Promise<void> {
  const say = await laterWords();
  const button = iconButton("share", say("share"));
  button.classList.add("share");
  button.addEventListener("click", async () => {
    const id = shownId();
    if (id && !document.querySelector("dialog[open]")) await new ShareSheet(id, await laterWords()).open();
  });
  find(document, ".head .download").before(button);
}

/** The dialog in which a conversation is shared. */
class ShareSheet {
  readonly #sheet: HTMLDialogElement;
  readonly #about = make("p", { class: "soft" });
  readonly #there = make("p", { class: "there", hidden: true });
  readonly #days = make("select", { id: "share-days" });
  readonly #reasoning = make("input", { type: "checkbox" });
  readonly #files = make("input", { type: "checkbox" });
  readonly #end: HTMLButtonElement;
  readonly #create: HTMLButtonElement;
  readonly #made = make("div", { class: "made", hidden: true });
  readonly #address = make("input", { id: "share-address", readonly: true });
  readonly #said = make("p", { class: "said soft", role: "status" });
  readonly #fault = make("p", { class: "fault", role: "alert", hidden: true });
  readonly #form: HTMLFormElement;

  constructor(
    private readonly id: string,
    private readonly say: Say,
  ) {
    this.#end = make("button", { type: "button", class: "quiet danger", hidden: true }, say("share-end"));
    this.#create = make("button", { class: "primary" }, say("share-make"));
    const copy = make("button", { type: "button" }, say("share-copy"));
    copy.addEventListener("click", () => void this.#copy());
    this.#address.addEventListener("focus", () => this.#address.select());
    this.#made.append(
      make("label", { for: "share-address" }, say("share-address")),
      make("div", { class: "row" }, this.#address, copy),
      make("p", { class: "soft" }, say("share-once")),
    );
    this.#form = make(
      "form",
      { class: "share-form", autocomplete: "off" },
      make("label", { class: "expires", for: "share-days" }, make("span", {}, say("share-expires")), this.#days),
      make("label", {}, this.#reasoning, say("share-reasoning")),
      make("label", {}, this.#files, say("share-files")),
      make("div", { class: "controls" }, this.#end, this.#create),
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#share();
    });
    this.#end.addEventListener("click", () => void this.#stop());
    const close = make("button", { class: "quiet", "aria-label": say("close") }, "✕");
    this.#sheet = make(
      "dialog",
      { class: "share-sheet", "aria-labelledby": "share-title" },
      make("form", { method: "dialog", class: "sheet-head" }, make("h2", { id: "share-title" }, say("share-title")), close),
      this.#about,
      this.#there,
      this.#form,
      this.#made,
      this.#said,
      this.#fault,
      make("p", { class: "all" }, make("a", { href: shares() }, say("share-all"))),
    );
    closeBeside(this.#sheet);
    // The page's own keys would keep Escape from closing it.
    onKey(this.#sheet, (event) => event.stopPropagation());
    this.#sheet.addEventListener("close", () => this.#sheet.remove());
  }

  async open(): Promise<void> {
    this.#form.hidden = true;
    document.body.append(this.#sheet);
    this.#sheet.showModal();
    const read = await ask<Shares>(shares(), "GET");
    if (!this.#sheet.isConnected) return;
    if ("problem" in read) return this.#tell(wordsOf(read.problem, this.say, "share-failed"));
    const { readers, shares: all, days, mostDays } = read.value!;
    if (readers === "off") return this.#tell(this.say("share-off"));
    this.#about.textContent = this.say(`share-about-${readers}`);
    const choices = [...new Set([1, 7, 30, 365, days])].filter((choice) => choice <= mostDays).sort((a, b) => a - b);
    for (const choice of choices) {
      const words = choice === 1 ? this.say("share-day") : this.say("share-days", String(choice));
      this.#days.append(new Option(words, String(choice), choice === days, choice === days));
    }
    this.#shows(all.find(({ conversationId }) => conversationId === this.id));
    this.#form.hidden = false;
    this.#days.focus();
  }

  async #share(): Promise<void> {
    if (this.#create.disabled) return;
    this.#create.disabled = true;
    const expires = new Date(Date.now() + Number(this.#days.value) * day).toISOString();
    const body = { expires, reasoning: this.#reasoning.checked, files: this.#files.checked };
    const made = await ask<{ path: string; share: Share }>(`${routes.stored(this.id)}/share`, "POST", body);
    this.#create.disabled = false;
    if ("problem" in made) return this.#tell(wordsOf(made.problem, this.say, "share-failed"));
    const { path, share } = made.value!;
    this.#tell("");
    this.#shows(share);
    this.#there.hidden = true;
    this.#address.value = new URL(path, location.href).href;
    this.#made.hidden = false;
    await this.#copy();
  }

  async #stop(): Promise<void> {
    const ended = await ask(`${routes.stored(this.id)}/share`, "DELETE");
    if ("problem" in ended && ended.problem.status !== 404) return this.#tell(wordsOf(ended.problem, this.say, "share-failed"));
    this.#tell("");
    this.#made.hidden = true;
    this.#shows(undefined);
    this.#said.textContent = this.say("share-ended");
    this.#create.focus();
  }

  /** Over plain HTTP there is no clipboard API: the browser copies what is selected, which must be in the dialog. */
  async #copy(): Promise<void> {
    this.#address.focus();
    this.#address.select();
    const isCopied = await navigator.clipboard?.writeText(this.#address.value).then(
      () => true,
      () => false,
    );
    this.#said.textContent = this.say(isCopied || document.execCommand("copy") ? "share-copied" : "share-not-copied");
  }

  #shows(share: Share | undefined): void {
    this.#there.hidden = this.#end.hidden = !share;
    this.#create.textContent = this.say(share ? "share-again" : "share-make");
    const until = share && new Intl.DateTimeFormat(locale, { dateStyle: "long" });
    if (until) this.#there.textContent = this.say("share-there", until.format(new Date(share.expiresAt)));
  }

  #tell(fault: string): void {
    this.#said.textContent = "";
    this.#fault.textContent = fault;
    this.#fault.hidden = !fault;
  }
}
