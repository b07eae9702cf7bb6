import type { Answer } from "../../stream/answer";
import type { Failure, FinishReason } from "../../stream/events";
import type { Problem } from "../../stream/problem";
import type { ContextLine } from "./context-line";
import {
  announce,
  clone,
  connection,
  find,
  hasWord,
  isSignIn,
  number,
  readEvent,
  readFrames,
  readProblem,
  routes,
  showEnding,
  word,
} from "./given";

type State = "writing" | "written" | "failed";

/** How long the server may take to store a summary, in milliseconds. */
const longestWait = 20_000;

/** Carries out what the user wants: a summary of what the model no longer sees, or a change of the one in use, or none. */
export function summary(action: string, context: ContextLine, conversationId: string): void {
  if (!context.element || context.element.dataset["busy"]) return;
  if (action === "remove-summary") return void removeSummary(context, conversationId);
  const form = new SummaryForm(context, conversationId);
  if (action === "edit-summary") form.edit();
  else void form.write();
}

/** Removes the summary that is in use. */
async function removeSummary(context: ContextLine, conversationId: string): Promise<void> {
  const line = context.element!;
  const covered = line.dataset["covered"]!;
  const problem = await send(conversationId, covered, { method: "DELETE" });
  if (problem && problem.status !== 404) return tell(find(line, ".fault"), problem, "script.summary-not-saved");
  announce(word("script.summary-removed"));
  await context.refresh(conversationId);
  context.element?.querySelector<HTMLElement>("[data-action=summarise]")?.focus();
}

/** The place where a summary is written, read and changed. It stands in the rule. */
class SummaryForm {
  readonly #line: HTMLElement;
  readonly #form = clone("summary-form", "form") as HTMLFormElement;
  readonly #text = find<HTMLTextAreaElement>(this.#form, "textarea");
  readonly #words = find(this.#form, ".words");
  readonly #ending = find(this.#form, ".ending");
  readonly #others: HTMLElement[];
  #over = new AbortController();
  /** The last message that the summary covers. */
  #covered = "";

  constructor(
    private readonly context: ContextLine,
    private readonly conversationId: string,
  ) {
    this.#line = context.element!;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#keep();
    });
    this.#button("discard-summary").addEventListener("click", () => this.#close("[data-action=summarise]"));
    this.#button("stop-summary").addEventListener("click", () => this.#close("[data-action=summarise]"));
    this.#button("summarise-again").addEventListener("click", () => void this.write());
    this.#line.append(this.#form);
    this.#line.dataset["busy"] = "true";
    // The buttons of the line come back with it.
    this.#others = [...this.#line.querySelectorAll<HTMLElement>(".cut:not([hidden]), .summary:not([hidden])")];
    for (const other of this.#others) other.hidden = true;
  }

  edit(): void {
    this.#covered = this.#line.dataset["covered"]!;
    this.#text.value = find(this.#line, ".summary-text").textContent;
    this.#show("written");
    this.#text.focus();
  }

  async write(): Promise<void> {
    this.#over = new AbortController();
    this.#text.value = "";
    this.#show("writing");
    this.#button("stop-summary").focus();
    const { signal } = this.#over;
    const model = document.querySelector<HTMLSelectElement>("#model")?.value;
    try {
      const response = await connection.fetch(routes.summaries(this.conversationId), {
        method: "POST",
        headers: { "Accept": "text/event-stream", "Content-Type": "application/json" },
        body: JSON.stringify(model ? { model } : {}),
        signal,
      });
      if (isSignIn(response)) return this.#fail(word("script.summary-lost"));
      if (!response.ok || !response.body) {
        const problem = await readProblem(response, connection);
        return this.#fail(wordsOf(problem, "script.summary-refused"));
      }
      await this.#read(response.body, signal);
    } catch {
      if (!signal.aborted) this.#fail(word("script.summary-lost"));
    }
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    let reason: FinishReason | undefined;
    let failure: Failure | undefined;
    await readFrames(
      body,
      connection,
      signal,
      ({ event, data }) => {
        // The user has opened another conversation.
        if (!this.#form.isConnected) this.#over.abort();
        const read = readEvent(event, data);
        if (read === "broken") return "lost";
        if (read === "unknown") return "more";
        if (read.type === "start") this.#covered = read.parentId;
        if (read.type === "text") this.#text.value += read.text;
        if (read.type === "failure") failure = read;
        if (read.type === "finish") reason = read.reason;
        return read.type === "stop" ? "enough" : "more";
      },
      () => {},
    );
    if (signal.aborted) return;
    if ((reason === "completed" || reason === "length") && this.#text.value.trim()) {
      this.#text.value = this.#text.value.trim().slice(0, this.#text.maxLength);
      this.#show("written");
      announce(word("script.summary-ready"));
      this.#text.focus();
    } else if (reason && reason !== "stopped") {
      showEnding(this.#ending, { finish: reason, failure } as Answer, "gone");
      for (const part of this.#ending.querySelectorAll(".actions, .if-text")) part.remove();
      this.#show("failed");
    } else this.#fail(word("script.summary-lost"));
  }

  async #keep(): Promise<void> {
    const problem = await send(this.conversationId, this.#covered, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: this.#text.value }),
    });
    if (!this.#form.isConnected) return;
    if (problem) {
      const paragraph = document.createElement("p");
      this.#ending.replaceChildren(paragraph);
      return tell(paragraph, problem, "script.summary-not-saved");
    }
    this.#close();
    announce(word("script.summary-used"));
    await this.context.refresh(this.conversationId);
    this.context.element?.querySelector<HTMLElement>(".summary > summary")?.focus();
  }

  #fail(words: string): void {
    const paragraph = document.createElement("p");
    paragraph.textContent = words;
    this.#ending.replaceChildren(paragraph);
    this.#show("failed");
  }

  #close(focus?: string): void {
    this.#over.abort();
    this.#form.remove();
    delete this.#line.dataset["busy"];
    for (const other of this.#others) other.hidden = false;
    if (focus) (this.#line.querySelector<HTMLElement>(`${focus}:not([hidden] *)`) ?? find(this.#line, "summary")).focus();
  }

  #show(state: State): void {
    this.#form.dataset["state"] = state;
    if (state !== "failed") this.#ending.replaceChildren();
    find(this.#form, ".progress").hidden = state === "failed";
    find(this.#form, ".pulse").hidden = state !== "writing";
    this.#words.textContent = state === "failed" ? "" : word(state === "writing" ? "script.summarising" : "script.summary-ready");
    this.#text.readOnly = state === "writing";
    find(this.#form, "label").hidden = state === "failed";
    this.#button("stop-summary").hidden = state !== "writing";
    this.#button("discard-summary").hidden = state === "writing";
    this.#button("summarise-again").hidden = state !== "failed";
    find(this.#form, "[type=submit]").hidden = state !== "written";
    if (state === "failed") this.#button("summarise-again").focus();
  }

  #button(action: string): HTMLElement {
    return find(this.#form, `[data-action=${action}]`);
  }
}

/** Changes a stored summary. Returns why the server did not: undefined if it did, an empty problem if it was not reached. */
async function send(conversationId: string, messageId: string, init: RequestInit): Promise<Partial<Problem> | undefined> {
  try {
    const response = await connection.fetch(routes.summary(conversationId, messageId), {
      ...init,
      signal: AbortSignal.timeout(longestWait),
    });
    if (isSignIn(response)) return {};
    return response.ok ? undefined : await readProblem(response, connection);
  } catch {
    return {};
  }
}

function tell(place: HTMLElement, problem: Partial<Problem>, otherwise: string): void {
  place.textContent = wordsOf(problem, otherwise);
  place.hidden = false;
}

function wordsOf({ code, numbers }: Partial<Problem>, otherwise: string): string {
  const key = `refused.${code}`;
  return code && hasWord(key) ? word(key, ...(numbers ?? []).map(number)) : word(otherwise);
}
