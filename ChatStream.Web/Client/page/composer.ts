import type { Problem } from "../stream/problem";
import { announce } from "./announcer";
import { find } from "./dom";
import { enterSends, sends } from "./enter";
import { extras } from "./extras";
import { fileIdsOf, filesOf, restoreFiles } from "./files";
import { onKey } from "./keys";
import { Manner } from "./manner";
import { ModelPicker } from "./models";
import { newChatDraft } from "./new-chat-draft";
import { drafts, keptFiles } from "./storage";
import { countDown, duration, hasWord, number, word } from "./words";

/** The form below the conversation: the typed text, whether it is queued, and why it was refused. */
export class Composer {
  readonly #form = find<HTMLFormElement>(document, "#composer");
  readonly #picker = new ModelPicker(this.#form, () => {
    void this.manner.fit();
    this.onModel();
  });
  readonly manner = new Manner(
    this.#form,
    () => this.#picker.taken,
    () => this.conversationId,
  );
  readonly #message = find<HTMLTextAreaElement>(document, "#message");
  readonly #send = find<HTMLButtonElement>(this.#form, ".send");
  readonly #stop = find<HTMLButtonElement>(this.#form, ".stop");
  readonly #queue = find(this.#form, ".queued");
  readonly #refusal = find(this.#form, ".refusal");
  readonly #resend = find<HTMLButtonElement>(this.#refusal, "[data-action=resend]");
  /** The text that was sent and is not confirmed. It stands in the conversation, and here only in the draft. */
  #sent = "";
  /** What is kept over a reload of the files that were sent and are not confirmed. */
  givenFiles = "";
  #endCountdown = () => {};
  /** The text is sent once the answer is stopped. */
  #afterStop = false;

  /**
   * What takes the focus of an element that is gone. After typing, typing goes on. On a touch screen, the field would open the
   * keyboard over the page.
   */
  readonly heirsOf = (lost: Element): HTMLElement[] => {
    const hasKeyboard = matchMedia("(hover: hover)").matches;
    if (lost.matches("textarea, input") || (hasKeyboard && lost === this.#send)) return [this.#message];
    return hasKeyboard ? [this.#stop, this.#message] : [this.#stop, this.#send, this.#message];
  };

  constructor(
    onSend: (text: string) => void,
    private readonly onModel: () => void,
  ) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#form.querySelector(".files [aria-busy]")) this.tell(word("script.files-come"), true);
      else if (this.#message.value.trim()) onSend(this.#message.value);
    });
    onKey(this.#message, (event) => {
      if (!sends(event)) return;
      event.preventDefault();
      // A key that is still held down from an earlier send is no wish to send more.
      if (event.repeat) return;
      const isNow = (event.ctrlKey || event.metaKey) && !this.#stop.hidden && (enterSends() || !this.#queue.hidden);
      if (isNow) find(this.#queue, "[data-action=send-now]").click();
      else this.submit();
    });
    this.#message.addEventListener("input", () => {
      // The user is still typing, so the text is not complete yet.
      this.unqueue();
      this.#changed();
      if (this.#message.value === "/") void extras().then(({ offerPrompts }) => offerPrompts(this.#message));
    });
    addEventListener("pagehide", () => this.#keepTyped());
    this.#showDraft(this.#message.value);
    restoreFiles(this.#form, this.conversationId);
  }

  /** The files of the message that is typed. */
  get files(): string[] | undefined {
    return fileIdsOf(this.#form);
  }

  get conversationId(): string | undefined {
    return this.#form.querySelector<HTMLInputElement>("[name=conversationId]")?.value;
  }

  /** The folder of a new chat. */
  get folderId(): string | undefined {
    return this.#form.querySelector<HTMLInputElement>("[name=folderId]")?.value;
  }

  get model(): string | undefined {
    return this.#picker.model;
  }

  /** True while the typed text waits for the end of an answer. */
  get isQueued(): boolean {
    return !this.#queue.hidden;
  }

  submit(): void {
    this.#form.requestSubmit();
  }

  /** Sends the typed text as soon as the running answer is complete. */
  queue(): void {
    this.#queue.hidden = false;
    announce(find(this.#queue, "span").textContent);
  }

  /** Sends the typed text once the running answer is stopped. False: there is none, or it waits for that already. */
  queueForStop(): boolean {
    if (this.#afterStop || !this.#message.value.trim()) return false;
    this.queue();
    announce(word("script.send-now"));
    this.#afterStop = true;
    return true;
  }

  unqueue(): void {
    this.#queue.hidden = true;
    this.#afterStop = false;
  }

  /**
   * Call it when no answer runs. Sends the queued text only after a complete answer, or after one that was stopped for it. If
   * the server did not take the start of that one, its text comes back, and nothing is sent.
   */
  release(complete: boolean, started: boolean): void {
    const due = !this.#queue.hidden && (complete || (this.#afterStop && started));
    this.unqueue();
    if (due) this.submit();
  }

  /** Turns the form of a new chat into the form of its conversation. */
  moveTo(conversationId: string): void {
    this.#belongTo(conversationId);
    newChatDraft.write("");
    // Files that were added after the message was sent.
    keptFiles.write(conversationId, keptFiles.read(""));
    keptFiles.write("", "");
    this.#changed();
  }

  /** Becomes the form of another conversation, or of a new chat, with the text that was typed there. */
  open(conversationId: string | undefined, page: Document | undefined): void {
    this.#keepTyped();
    this.unqueue();
    this.clearRefusal();
    this.#sent = "";
    this.#belongTo(conversationId);
    this.#picker.follow(page);
    void this.manner.follow(page);
    this.#showDraft("");
    restoreFiles(this.#form, conversationId);
  }

  /** Turns the form into that of a new chat, with what was typed. */
  moveToNewChat(): void {
    if (this.conversationId) drafts.write(this.conversationId, "");
    this.#belongTo(undefined);
    this.#changed();
  }

  /** Adds what was typed in a conversation that is no longer there. */
  adopt(conversationId: string): void {
    const typed = drafts.read(conversationId);
    drafts.write(conversationId, "");
    if (typed) this.add(typed);
  }

  /** Moves the list of files to the message that is sent with them. */
  giveFiles(text: HTMLElement): void {
    const files = filesOf(this.#form);
    if (files) text.before(files);
    const { conversationId = "" } = this;
    this.givenFiles = keptFiles.read(conversationId);
    keptFiles.write(conversationId, "");
  }

  /** Takes the files of a message back that the server did not take. */
  takeFiles(message: HTMLElement): void {
    const files = filesOf(message);
    if (!files) return;
    find(this.#form, ".box").before(files);
    keptFiles.write(this.conversationId ?? "", this.givenFiles);
  }

  /** Takes a text out of the field that is being sent. Text that was typed after it stays. */
  sending(text: string): void {
    this.#message.value = without(this.#message.value, text);
    this.#sent = text;
    this.#changed();
  }

  /** The server has the text. */
  arrived(): void {
    this.#sent = "";
    this.#changed();
  }

  /** Puts a text back that the server did not take, before what was typed meanwhile. */
  returned(text: string): void {
    this.#sent = "";
    this.#message.value = joined(text, this.#message.value);
    this.#changed();
  }

  /** Adds a text below what is typed. */
  add(text: string): void {
    this.#message.value = joined(this.#message.value, text);
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

  /** Takes the focus when a conversation is opened. On a touch screen, that would open the keyboard over the page. */
  invite(): void {
    if (!matchMedia("(hover: hover)").matches) return;
    this.#message.focus({ preventScroll: true });
    this.#message.setSelectionRange(this.#message.value.length, this.#message.value.length);
  }

  refuse(problem: Problem): void {
    this.tell(wordsOf(problem), mayPass(problem));
    // A budget opens at midnight.
    if (!problem.retryAfter || problem.code?.startsWith("budget")) return;
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

  #belongTo(conversationId: string | undefined): void {
    for (const place of this.#form.querySelectorAll("[name=conversationId], .in-folder")) place.remove();
    if (!conversationId) return;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "conversationId";
    input.value = conversationId;
    this.#form.append(input);
  }

  get #draft(): string {
    const { conversationId } = this;
    return conversationId ? drafts.read(conversationId) : newChatDraft.read();
  }

  /** Another tab may have written another draft since, or none. */
  #keepTyped(): void {
    if (!this.#draft.includes(this.#message.value)) this.#keep(joined(this.#draft, this.#message.value));
  }

  #keep(text: string): void {
    const { conversationId } = this;
    if (conversationId) drafts.write(conversationId, text);
    else newChatDraft.write(text);
  }

  /** @param text What is in the field already, because the browser or the server has put it there. */
  #showDraft(text: string): void {
    this.#message.value = text || this.#draft;
    this.#changed();
    if (!this.conversationId) newChatDraft.adopt((text) => this.#found(text));
  }

  #found(draft: string): void {
    if (this.#message.value || this.#sent || this.conversationId) return;
    this.#message.value = draft;
    this.#changed();
  }

  #changed(): void {
    this.#keep(joined(this.#sent, this.#message.value));
    if (!CSS.supports("field-sizing", "content")) this.#message.rows = Math.min(10, this.#message.value.split("\n").length);
  }
}

/** Removes a text that the server has from the draft of a conversation, or of a new chat, that is not shown now. */
export function arrivedElsewhere(conversationId: string | undefined, text: string): void {
  if (conversationId) drafts.write(conversationId, without(drafts.read(conversationId), text));
  else newChatDraft.write(without(newChatDraft.read(), text));
}

const without = (typed: string, sent: string) => (typed.startsWith(sent) ? typed.slice(sent.length).trimStart() : typed);

const joined = (...texts: string[]) => texts.filter(Boolean).join("\n\n");

/** True if the same request may succeed later. */
const mayPass = ({ status }: Problem) => status >= 500 || status === 429;

function wordsOf({ code, numbers, status, isNewcomer }: Problem): string {
  if (status === 404 && isNewcomer) return word("refused.newcomer");
  if (code && hasWord(`refused.${code}`)) return word(`refused.${code}`, ...(numbers ?? []).map(number));
  if (status === 410) return word("refused.gone");
  return word(status >= 500 ? "refused.server" : "refused.any");
}
