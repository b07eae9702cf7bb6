import type { Problem } from "../stream/problem";
import { announce } from "./announcer";
import { find } from "./dom";
import { drafts } from "./storage";
import { countDown, duration, hasWord, number, word } from "./words";

/** The form: what is typed, what of it waits for the answer that runs, and why it was refused. */
export class Composer {
  readonly #form = find<HTMLFormElement>(document, "#composer");
  readonly #message = find<HTMLTextAreaElement>(document, "#message");
  readonly #send = find<HTMLButtonElement>(this.#form, ".send");
  readonly #stop = find<HTMLButtonElement>(this.#form, ".stop");
  readonly #queue = find(this.#form, ".queued");
  readonly #refusal = find(this.#form, ".refusal");
  readonly #resend = find<HTMLButtonElement>(this.#refusal, "[data-action=resend]");
  #endCountdown = () => {};

  constructor(onSend: (text: string) => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#message.value.trim()) onSend(this.#message.value);
    });
    this.#message.addEventListener("keydown", (event) => {
      // 229: Safari ends a composition before the Enter that ended it is heard.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.submit();
    });
    this.#message.addEventListener("input", () => {
      // Who types on has not said all of it yet.
      this.unqueue();
      this.#changed();
    });
    if (!this.#message.value) this.#message.value = drafts.read(this.conversationId);
    this.#changed();
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

  /** What is typed is sent once the answer that runs is complete. */
  queue(): void {
    this.#queue.hidden = false;
    announce(find(this.#queue, "span").textContent);
  }

  unqueue(): void {
    this.#queue.hidden = true;
  }

  /** No answer runs any more. After one that is not complete something else may be wanted: the text only stays. */
  release(complete: boolean): void {
    const due = !this.#queue.hidden && complete;
    const held = this.#queue.contains(document.activeElement);
    this.unqueue();
    if (held) this.#message.focus();
    if (due) this.submit();
  }

  /** From a new chat to the conversation that it became. */
  moveTo(conversationId: string): void {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "conversationId";
    input.value = conversationId;
    drafts.write(undefined, "");
    this.#form.append(input);
    this.#changed();
  }

  /** What has arrived is taken away, and only that: more may have been typed meanwhile. */
  arrived(text: string): void {
    const { value } = this.#message;
    if (value.startsWith(text)) this.#message.value = value.slice(text.length).trimStart();
    this.#changed();
  }

  busy(running: boolean): void {
    const held = document.activeElement === this.#stop;
    this.#send.disabled = running;
    this.#stop.hidden = !running;
    // What was said of an answer that ran, or did not, holds no longer.
    this.clearRefusal();
    // A key that pressed Stop goes on in the field; a finger would only get its keyboard in the way.
    if (!running && held && matchMedia("(hover: hover)").matches) this.#message.focus();
  }

  focus(): void {
    this.#message.focus();
  }

  /** For a focus whose button has just gone. */
  focusStop(): void {
    this.#stop.focus();
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

  #changed(): void {
    drafts.write(this.conversationId, this.#message.value);
    if (!CSS.supports("field-sizing", "content")) this.#message.rows = Math.min(10, this.#message.value.split("\n").length);
  }
}

/** Whether the same request may be taken later; what is wrong with itself stays wrong. */
const mayPass = ({ status }: Problem) => status >= 500 || status === 429;

function wordsOf({ code, numbers, status }: Problem): string {
  if (code && hasWord(`refused.${code}`)) return word(`refused.${code}`, ...(numbers ?? []).map(number));
  return word(status >= 500 ? "refused.server" : "refused.any");
}
