import type { Started } from "../stream/events";
import type { Problem } from "../stream/problem";
import type { Origin, Outcome, StartRequest } from "../stream/session";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { find } from "./dom";
import { MessageView } from "./message-view";
import {
  beginStart, confirmStart, dropStart, forgetStart, interruptedStart, reloaded, resumeStart, type PendingStart,
} from "./pending-start";
import { routes } from "./routes";
import { Run } from "./run";
import { goToEnd } from "./scroll";
import { listConversation, showTitle } from "./sidebar";
import { onOtherTab, tellTabs, type StartNotice } from "./tabs";
import { word } from "./words";

type Body = StartRequest["body"];

/** What the page's actions mean: one answer at a time, under the message that is shown above it. */
export class Chat {
  readonly #conversation = new Conversation();
  readonly #composer = new Composer((text) => this.#send(text));
  #run: Run | undefined;
  #refused: Body | undefined;

  constructor() {
    onOtherTab((notice) => this.#joinOtherTab(notice));
  }

  /** Goes on with what a reload interrupted. */
  resume(): void {
    const { running, leaf } = this.#conversation;
    if (leaf !== undefined && !reloaded()) goToEnd();
    if (running) void this.#attach(running.dataset["messageId"]!, running);

    const pending = interruptedStart();
    if (!pending) return;
    if (!running && pending.leaf === leaf) return this.#start(resumeStart(pending));
    forgetStart();
    if (pending.state === "sent" && pending.body.message !== undefined) this.#composer.arrived(pending.body.message);
  }

  retry(article: HTMLElement): void {
    this.#begin(this.#body(article.dataset["parentId"]));
  }

  continue(article: HTMLElement): void {
    this.#begin(this.#body(article.dataset["messageId"]));
  }

  edit(article: HTMLElement): void {
    const before = this.#conversation.articles.slice(0, this.#conversation.articles.indexOf(article));
    const user = before.findLast((earlier) => earlier.dataset["role"] === "user");
    if (user) this.#composer.edit(find(user, ".text").textContent, user.dataset["parentId"] ?? "");
  }

  resend(): void {
    if (this.#refused && this.#refused.message === undefined) this.#begin(this.#refused);
    else this.#composer.submit();
  }

  stop(): void {
    this.#run?.stop();
  }

  #send(message: string): void {
    this.#begin(this.#body(this.#composer.editedParent ?? this.#conversation.leaf, message));
  }

  #body(parent: string | undefined, message?: string): Body {
    const { conversationId, model } = this.#composer;
    const parentId = parent || conversationId;
    return {
      ...(message !== undefined && { message }),
      ...(conversationId && { conversationId }),
      ...(parentId && { parentId }),
      ...(model && { model }),
    };
  }

  #begin(body: Body): void {
    if (!this.#run) this.#start(beginStart(body, this.#conversation.leaf));
  }

  #start(pending: PendingStart): void {
    const { body } = pending;
    const pressed = document.activeElement?.closest("[data-action=retry], [data-action=continue]");
    const restore = this.#conversation.cutAfter(body.parentId);
    const user = body.message === undefined ? undefined : this.#conversation.addUser(body.message);
    const view = new MessageView(this.#conversation.addAnswer());
    goToEnd();
    const undo = () => {
      dropStart(pending);
      this.#refused = body;
      user?.remove();
      view.discard();
      restore();
    };
    void this.#follow({ start: pending }, view, (start) => this.#arrived(start, pending, user), undo);
    if (pressed) this.#composer.focusStop();
  }

  #attach(generationId: string, article = this.#conversation.addAnswer()): Promise<void> {
    return this.#follow({ attach: generationId }, new MessageView(article));
  }

  async #follow(origin: Origin, view: MessageView, arrived?: (start: Started) => void, undo?: () => void): Promise<void> {
    const run = new Run(view, (start) => {
      listConversation(start.conversationId, start.title, true);
      showTitle(start.title);
      arrived?.(start);
    });
    this.#run = run;
    this.#busy(true);
    const outcome = await run.follow(origin);
    this.#run = undefined;
    this.#busy(false);
    if (!run.started) undo?.();
    this.#explain(outcome);
  }

  /** The server has the message: the page is now that conversation's. */
  #arrived(start: Started, pending: PendingStart, user: HTMLElement | undefined): void {
    confirmStart(pending);
    const { body } = pending;
    const { conversationId, title, generationId, parentId } = start;
    const grandparentId = user && (body.parentId ?? conversationId);
    if (user) {
      user.dataset["messageId"] = parentId;
      user.dataset["parentId"] = grandparentId;
    }
    if (!this.#composer.conversationId) {
      this.#composer.moveTo(conversationId);
      history.replaceState(null, "", routes.conversation(conversationId));
    }
    if (body.message !== undefined) this.#composer.arrived(body.message);
    tellTabs({ conversationId, title, generationId, parentId, grandparentId, message: body.message });
  }

  #joinOtherTab(notice: StartNotice): void {
    const here = notice.conversationId === this.#composer.conversationId;
    listConversation(notice.conversationId, notice.title, here);
    const under = notice.grandparentId ?? notice.parentId;
    if (!here || this.#run || !this.#conversation.byId(under)) return;
    this.#conversation.cutAfter(under);
    if (notice.message !== undefined) {
      const user = this.#conversation.addUser(notice.message);
      user.dataset["messageId"] = notice.parentId;
      user.dataset["parentId"] = under;
    }
    void this.#attach(notice.generationId);
  }

  #explain(outcome: Outcome): void {
    if (outcome.type === "left") this.#composer.tell(word("given-up"), true);
    else if (outcome.type === "refused") this.#explainRefusal(outcome.problem);
  }

  #explainRefusal(problem: Problem): void {
    if (!problem.generationId) return this.#composer.refuse(problem);

    // What the page took for the end of the conversation is being written: show it, and keep what was to be sent.
    void this.#attach(problem.generationId, this.#conversation.byId(problem.generationId));
    this.#composer.tell(word("still-running"), false);
  }

  #busy(busy: boolean): void {
    this.#conversation.busy(busy);
    this.#composer.busy(busy);
  }
}
