import type { MannerBody, StartMembers } from "../stream/session";
import { find } from "./dom";
import { extras } from "./extras";
import type { MannerPanel } from "./later/manner-panel";
import type { Taken } from "./models";
import { keptManners } from "./storage";

/** How the answers of the conversation are to be. Few users say it, so the script of the panel comes when they open it. */
export class Manner {
  #panel: MannerPanel | undefined;

  constructor(
    private readonly form: HTMLElement,
    private readonly taken: () => Taken,
    private readonly conversationId: () => string | undefined,
  ) {
    const details = find(form, ".manner");
    for (const sign of ["pointerover", "focusin", "toggle"])
      details.addEventListener(sign, () => void this.#load(), { once: true });
    // The server, or the user, has chosen something that the next start must say.
    if (details.dataset["begin"] || keptManners.read(conversationId() ?? "")) void this.#load();
  }

  /** What the next start must say, because the server does not have it. */
  get forStart(): StartMembers | undefined {
    if (this.#panel) return this.#panel.forStart;
    const isTemporary = find<HTMLInputElement>(this.form, "[name=temporary]").checked && !this.conversationId();
    return isTemporary ? { temporary: true } : undefined;
  }

  /** The server has a start with these members. */
  arrived(body: MannerBody): void {
    this.#panel?.arrived(body);
  }

  /** Shows what the chosen model takes. */
  async fit(): Promise<void> {
    (await this.#load()).fit(this.taken());
  }

  /** Takes over what the server's page of another conversation has; without a page, nothing is chosen. */
  async follow(page: Document | undefined): Promise<void> {
    (await this.#load()).follow(page, this.taken());
  }

  async #load(): Promise<MannerPanel> {
    const { MannerPanel } = await extras();
    this.#panel ??= new MannerPanel(this.form, this.taken(), this.conversationId);
    return this.#panel;
  }
}
