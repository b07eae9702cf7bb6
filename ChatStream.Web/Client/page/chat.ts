import type { Started } from "../stream/events";
import type { Problem } from "../stream/problem";
import type { Outcome, StartRequest } from "../stream/session";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { copy } from "./copy";
import { CurrentAnswer } from "./current-answer";
import { edit, endEdit, focusEditor, isEdited, submitEditor } from "./editor";
import { mindFocus } from "./focus";
import { MessageView } from "./message-view";
import {
  beginStart,
  confirmStart,
  dropStart,
  forgetStart,
  interruptedStart,
  type PendingStart,
  reloaded,
  resumeStart,
} from "./pending-start";
import { routes } from "./routes";
import { goToEnd, inPlace, stayHere } from "./scroll";
import { ServerSync } from "./server-sync";
import { updateConversation } from "./stored-conversation";
import { tellTabs } from "./tabs";
import { showDownload, showTitle } from "./title";
import { focusAfterSwitch, neighbour, showVersions } from "./versions";
import { word } from "./words";

type Body = StartRequest["body"];

/** Carries out what the user does on the page. One answer is written at a time. */
export class Chat {
  readonly #conversation = new Conversation();
  readonly #composer = new Composer((text) => this.#send(text));
  readonly #current = new CurrentAnswer(
    (busy) => this.#busy(busy),
    (complete) => this.#composer.release(complete),
  );
  readonly #sync = new ServerSync(this.#conversation, this.#current, () => this.#composer.conversationId);
  #resend = () => this.#composer.submit();
  #switching = false;

  /** Prepares the page after loading, and continues what a reload interrupted. */
  resume(): void {
    mindFocus(this.#composer.heirsOf);
    this.#conversation.upgrade();
    const { leaf } = this.#conversation;
    if (reloaded()) stayHere();
    else if (leaf !== undefined) goToEnd();

    const pending = interruptedStart();
    if (pending && !this.#isShown(pending)) return this.#start(resumeStart(pending));
    this.#sync.attachToRunning();
    if (!pending) return;
    forgetStart();
    if (pending.body.message !== undefined) this.#composer.arrived(pending.body.message);
  }

  /**
   * True if the server's page shows that it has had the start. The last message may also be new because of another tab: then
   * only the message itself tells. Without one there is no typed text that could be lost.
   */
  #isShown({ body, leaf }: PendingStart): boolean {
    if (this.#conversation.leaf === leaf) return false;
    return body.message === undefined || this.#conversation.hasMessage(body.parentId, body.message);
  }

  retry(article: HTMLElement): void {
    this.#begin(this.#body(article.dataset["parentId"]));
  }

  continue(article: HTMLElement): void {
    this.#begin(this.#body(article.dataset["messageId"]));
  }

  /** Asks for another answer to the user's message. `retry` repeats the start of an answer, which may be a continuation. */
  regenerate(article: HTMLElement): void {
    const question = this.#conversation.questionOf(article);
    if (question) this.#begin(this.#body(question.dataset["messageId"]));
  }

  /** Edits a message of the user. The new version has the same parent as the old one. */
  edit(article: HTMLElement): void {
    const question = this.#conversation.questionOf(article);
    if (!question) return;
    edit(question, (text) => this.#begin(this.#body(question.dataset["parentId"], text), question));
  }

  editLast(): void {
    const question = this.#conversation.articles.findLast((article) => article.dataset["role"] === "user");
    if (question) this.edit(question);
  }

  copyLast(): void {
    const answer = this.#conversation.articles.findLast((article) => article.dataset["role"] === "assistant");
    if (answer?.dataset["state"] === "ended") void copy(answer);
  }

  resend(): void {
    this.#resend();
  }

  unqueue(): void {
    this.#composer.unqueue();
    this.#composer.focus();
  }

  stop(): void {
    this.#current.stop();
  }

  /** Shows another version of a message. The server remembers it, so that it is shown wherever the conversation is opened. */
  async switchVersion(article: HTMLElement, step: -1 | 1): Promise<void> {
    const { conversationId } = this.#composer;
    const leafId = neighbour(article, step);
    if (!conversationId || !leafId || this.#switching || this.#current.isStarting) return;
    this.#switching = true;
    forgetStart();
    const switched =
      (await updateConversation(conversationId, { leafId })) &&
      (await this.#sync.showServersPath(conversationId, (show) => {
        inPlace(article, show, () => this.#conversation.byId(leafId), ".versions");
      }));
    this.#switching = false;
    if (!switched) return this.#composer.tell(word("script.not-switched"), false);
    const fresh = this.#conversation.byId(leafId);
    if (fresh) focusAfterSwitch(fresh, step);
    tellTabs(conversationId);
  }

  #send(message: string): void {
    if (this.#current.isIdle) this.#begin(this.#body(this.#conversation.leaf, message));
    // Until the server has confirmed the last message, the field still holds that message: nothing to queue.
    else if (!this.#current.isStarting) this.#composer.queue();
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

  #begin(body: Body, edited?: HTMLElement): void {
    if (this.#current.isIdle) this.#start(beginStart(body, this.#conversation.leaf), edited);
    else this.#composer.tell(word("script.still-writing"), false);
  }

  /** @param edited The message that was edited, if this start sends a new version of it. */
  #start(pending: PendingStart, edited?: HTMLElement): void {
    const { body } = pending;
    const isOnPath = this.#conversation.reaches(body.parentId);
    const { versions, restore } = this.#conversation.cutAfter(body.parentId);
    const user = body.message === undefined ? undefined : this.#conversation.addUser(body.message);
    const view = new MessageView(this.#conversation.addAnswer());
    goToEnd();
    const undo = () => {
      dropStart(pending);
      this.#resend = () => {
        if (body.message === undefined) this.#begin(body);
        else if (edited && isEdited(edited)) submitEditor(edited);
        else this.#composer.submit();
      };
      user?.remove();
      view.article.remove();
      restore();
      if (edited) focusEditor(edited);
      else if (body.message !== undefined) this.#composer.returned(body.message);
      // Another tab may have started the answer that is shown again now.
      this.#sync.attachToRunning();
    };
    const arrived = (start: Started) => {
      this.#arrived(start, pending, user);
      if (edited) endEdit(edited);
      else if (body.message !== undefined) this.#composer.arrived(body.message);
      if (user) showVersions(user, [...versions, start.parentId]);
      showVersions(view.article, [...(user ? [] : versions), start.messageId]);
      // Another tab has changed the path since this was sent: what stands above it is not known here.
      if (!isOnPath) void this.#sync.showServersPath(start.conversationId, (show) => show());
    };
    this.#current.begin({ start: pending }, view, {
      started: arrived,
      ended: (outcome, answer) => {
        if (answer.started) this.#sync.answerEnded(outcome, answer);
        else this.#explain(outcome, undo);
      },
    });
  }

  /** The server has the message: the page now shows its conversation. */
  #arrived(start: Started, pending: PendingStart, user: HTMLElement | undefined): void {
    confirmStart(pending);
    const { body } = pending;
    const { conversationId, title, parentId } = start;
    if (user) {
      user.dataset["messageId"] = parentId;
      user.dataset["parentId"] = body.parentId ?? conversationId;
    }
    if (!this.#composer.conversationId) {
      this.#composer.moveTo(conversationId);
      history.replaceState(null, "", routes.conversation(conversationId));
      showDownload(conversationId);
    }
    this.#sync.list.started(start);
    showTitle(title);
    tellTabs(conversationId);
  }

  /** Tells the user why the server did not take the message. */
  #explain(outcome: Outcome, undo: () => void): void {
    undo();
    if (outcome.type === "refused") this.#explainRefusal(outcome.problem);
    // Otherwise the notice about the sign-in says it.
    else if (outcome.type !== "signed-out") this.#composer.tell(word("script.given-up"), true);
  }

  #explainRefusal(problem: Problem): void {
    const { conversationId } = this.#composer;
    // What this key had started was deleted: sent again, the message is a new one.
    if (problem.status === 410) forgetStart();
    if (!problem.generationId || !conversationId) return this.#composer.refuse(problem);

    // Another answer is being written at the end of this conversation: show it, and keep the user's text.
    void this.#sync.showServersPath(conversationId);
    this.#composer.tell(word("script.still-running"), false);
  }

  #busy(busy: boolean): void {
    this.#conversation.busy(busy);
    this.#composer.busy(busy);
  }
}
