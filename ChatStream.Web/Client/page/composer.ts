import type { Problem } from "../stream/problem";
import { announce } from "./announcer";
import { find } from "./dom";
import { enterSends, sends } from "./enter";
import { onKey } from "./keys";
import { newChatDraft } from "./new-chat-draft";
import { drafts } from "./storage";
import { countDown, duration, hasWord, number, word } from "./words";

/** The form below the conversation: the typed text, whether it is queued, and why it was refused. */
export class Composer {
  readonly #form = find<HTMLFormElement>(document, "#composer");
  readonly #message = find<HTMLTextAreaElement>(document, "#message");
  readonly #send = find<HTMLButtonElement>(this.#form, ".send");
  readonly #stop = find<HTMLButtonElement>(this.#form, ".stop");
  readonly #queue = find(this.#form, ".queued");
  readonly #refusal = find(this.#form, ".refusal");
  readonly #resend = find<HTMLButtonElement>(this.#refusal, "[data-action=resend]");
  #endCountdown = () => {};

  /**
   * What takes the focus of an element that is gone. After typing, typing goes on. On a touch screen, the field would open the
   * keyboard over the page.
   */
  readonly heirsOf = (lost: Element): HTMLElement[] => {
    const hasKeyboard = matchMedia("(hover: hover)").matches;
    if (lost.matches("textarea, input") || (hasKeyboard && lost === this.#send)) return [this.#message];
    return hasKeyboard ? [this.#stop, this.#message] : [this.#stop, this.#send, this.#message];
  };

  constructor(onSend: (text: string) => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#message.value.trim()) onSend(this.#message.value);
    });
    onKey(this.#message, (event) => {
      if (!sends(event)) return;
      event.preventDefault();
      // A key that is still held down from an earlier send is no wish to send more.
      if (!event.repeat) this.submit();
    });
    this.#message.addEventListener("input", () => {
      // The user is still typing, so the text is not complete yet.
      this.unqueue();
      this.#changed();
    });
    const { conversationId } = this;
    if (!this.#message.value) this.#message.value = conversationId ? drafts.read(conversationId) : newChatDraft.read();
    this.#changed();
    if (!conversationId) newChatDraft.adopt((text) => this.#found(text));
  }

  get conversationId(): string | undefined {
    return this.#form.querySelector<HTMLInputElement>("[name=conversationId]")?.value;
  }

  get model(): string | undefined {
    return this.#form.querySelector<HTMLSelectElement>("[name=model]")?.value;
  }

  submit(): void {
    this.#form.requestSubmit();
  }

  /** Sends the typed text as soon as the running answer is complete. */
  queue(): void {
    this.#queue.hidden = false;
    announce(find(this.#queue, "span").textContent);
  }

  unqueue(): void {
    this.#queue.hidden = true;
  }

  /** Call it when no answer runs. Sends the queued text only after a complete answer. */
  release(complete: boolean): void {
    const due = !this.#queue.hidden && complete;
    this.unqueue();
    if (due) this.submit();
  }

  /** Turns the form of a new chat into the form of its conversation. */
  moveTo(conversationId: string): void {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "conversationId";
    input.value = conversationId;
    newChatDraft.write("");
    this.#form.append(input);
    this.#changed();
  }

  /** Removes the text that the server has. Text that was typed after it stays. */
  arrived(text: string): void {
    const { value } = this.#message;
    if (value.startsWith(text)) this.#message.value = value.slice(text.length).trimStart();
    this.#changed();
  }

  /** Shows a text again that the server did not take, if it is gone: another tab of the conversation has emptied its draft. */
  returned(text: string): void {
    if (this.#message.value) return;
    this.#message.value = text;
    this.#changed();
  }

  busy(running: boolean): void {
    // Where Enter breaks the line, the button queues a message.
    this.#send.disabled = running && enterSends();
    this.#stop.hidden = !running;
    // A message about the last answer is out of date now.
    this.clearRefusal();
  }

  focus(): void {
    this.#message.focus();
  }

  refuse(problem: Problem): void {
    this.tell(wordsOf(problem), mayPass(problem));
    if (!problem.retryAfter) return;
    const reason = find(this.#refusal, "span").textContent;
    this.#endCountdown = countDown(problem.retryAfter, (left) => {
      this.#resend.disabled = left > 0;
      find(this.#refusal, "span").textContent = left > 0 ? `${reason} ${word("refused.again", duration(left))}` : reason;
    });
  }

  tell(text: string, resend: boolean): void {
    this.clearRefusal();
    find(this.#refusal, "span").textContent = text;
    this.#resend.hidden = !resend;
    this.#resend.disabled = false;
    this.#refusal.hidden = false;
  }

  clearRefusal(): void {
    this.#endCountdown();
    this.#refusal.hidden = true;
  }

  #found(draft: string): void {
    if (this.#message.value || this.conversationId) return;
    this.#message.value = draft;
    this.#changed();
  }

  #changed(): void {
    const { conversationId } = this;
    if (conversationId) drafts.write(conversationId, this.#message.value);
    else newChatDraft.write(this.#message.value);
    if (!CSS.supports("field-sizing", "content")) this.#message.rows = Math.min(10, this.#message.value.split("\n").length);
  }
}

/** True if the same request may succeed later. */
const mayPass = ({ status }: Problem) => status >= 500 || status === 429;

function wordsOf({ code, numbers, status }: Problem): string {
  if (code && hasWord(`refused.${code}`)) return word(`refused.${code}`, ...(numbers ?? []).map(number));
  if (status === 410) return word("refused.gone");
  return word(status >= 500 ? "refused.server" : "refused.any");
}
