import { clone, connection, find, routes } from "./given";

/** What the model sees of the path that is shown, as the server says it. */
interface ContextState {
  firstMessageId?: string;
  cutMessageId?: string;
  summary?: { messageId: string; text: string };
}

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** The rule above which the model does not see the conversation. */
export class ContextLine {
  constructor(private readonly log: HTMLElement) {}

  get element(): HTMLElement | null {
    return this.log.querySelector(".context-line");
  }

  /** Shows what the server's page of the conversation shows. A summary that is being written or edited stays. */
  follow(page: Document | undefined): void {
    if (this.#isInUse) return;
    this.element?.remove();
    const fresh = page?.querySelector<HTMLElement>("#conversation > .context-line");
    if (fresh) this.#place(document.importNode(fresh, true));
  }

  /** Asks the server where the context begins now. Without an answer the rule stays where it is. */
  async refresh(conversationId: string): Promise<void> {
    const model = document.querySelector<HTMLSelectElement>("#model")?.value;
    try {
      const response = await connection.fetch(routes.context(conversationId, model), {
        signal: AbortSignal.timeout(longestWait),
      });
      const shown = document.querySelector<HTMLInputElement>("#composer [name=conversationId]")?.value;
      if (response.ok && shown === conversationId) this.#show((await response.json()) as ContextState);
    } catch {
      // The next answer, or the next page, has it.
    }
  }

  get #isInUse(): boolean {
    return this.element?.querySelector(".summary-form") != null;
  }

  #show({ firstMessageId, cutMessageId, summary }: ContextState): void {
    if (this.#isInUse) return;
    if (!firstMessageId) return this.element?.remove();
    const line = this.element ?? clone("context-line", ".context-line");
    line.dataset["first"] = firstMessageId;
    line.dataset["covered"] = summary?.messageId ?? "";
    find(line, ".cut").hidden = !cutMessageId;
    find(line, ".cut .all").hidden = summary !== undefined;
    find(line, ".cut .rest").hidden = summary === undefined;
    find(line, ".summary").hidden = summary === undefined;
    find(line, ".summary-text").textContent = summary?.text ?? "";
    find(line, ".fault").hidden = true;
    this.#place(line);
  }

  #place(line: HTMLElement): void {
    const first = this.log.querySelector(`article.message[data-message-id="${line.dataset["first"]}"]`);
    if (!first) line.remove();
    else if (first.previousElementSibling !== line) first.before(line);
  }
}
