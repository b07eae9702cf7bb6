import type { Started } from "../stream/events";
import type { Place } from "../stream/place";
import type { Problem } from "../stream/problem";
import type { Outcome, StartRequest } from "../stream/session";
import { Composer } from "./composer";
import { connection, showWaiting } from "./connection-bar";
import { Conversation } from "./conversation";
import type { ConversationList } from "./conversation-list";
import { copy } from "./copy";
import { CurrentAnswer } from "./current-answer";
import { find } from "./dom";
import { edit, editedText, endEdit, focusEditor, isEdited, submitEditor } from "./editor";
import { extras } from "./extras";
import { fileIdsOf, filesOf } from "./files";
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
import { showDownload, showNewChatTitle, showTitle } from "./title";
import { focusAfterSwitch, neighbour, showVersions } from "./versions";
import { Visits } from "./visits";
import { word } from "./words";

type Body = StartRequest["body"];

/** Carries out what the user does on the page. One answer is written at a time. */
export class Chat {
  readonly #conversation = new Conversation();
  readonly #composer = new Composer(
    (text) => this.#send(text),
    () => this.#conversation.refreshLine(this.#composer.conversationId),
  );
  readonly #current = new CurrentAnswer(
    (busy) => this.#busy(busy),
    (complete, started) => this.#composer.release(complete, started),
  );
  readonly #sync = new ServerSync(
    this.#conversation,
    this.#current,
    () => this.#composer.conversationId,
    () => this.#deletedElsewhere(),
  );
  #resend = () => this.#composer.submit();
  #switching = false;
  readonly visits = new Visits(this.#conversation, this.#composer, this.#current, this.#sync, {
    goOn: (pending) => this.#goOn(pending),
    again: (action) => {
      this.#resend = action;
    },
  });

  get list(): ConversationList {
    return this.#sync.list;
  }

  /** Prepares the page after loading, and continues what a reload interrupted. */
  resume(place: Place | undefined): void {
    mindFocus(this.#composer.heirsOf);
    const missing = this.#composer.conversationId === undefined ? place?.conversationId : undefined;
    if (missing !== undefined) this.#notFound(missing);
    this.#conversation.upgrade();
    const { leaf } = this.#conversation;
    if (reloaded()) stayHere();
    else if (place?.messageId !== undefined && missing === undefined) this.visits.goTo(place, undefined);
    else if (leaf !== undefined) goToEnd();
    if (document.activeElement === document.body) this.#composer.invite();
    this.#goOn(interruptedStart());
  }

  /** The server has sent a new chat, because the conversation of the address does not exist. */
  #notFound(conversationId: string): void {
    this.#composer.adopt(conversationId);
    history.replaceState(history.state, "", routes.newChat);
  }

  /** Continues the start that was interrupted, if any, or else the answer that runs here. */
  #goOn(pending: PendingStart | undefined): void {
    if (pending && !this.#isShown(pending)) return this.#start(resumeStart(pending));
    this.#sync.attachToRunning();
    if (!pending) return;
    forgetStart();
    if (pending.body.message !== undefined) {
      this.#composer.sending(pending.body.message);
      this.#composer.arrived();
    }
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

  /** Asks for another answer to the user's message. `retry` repeats a start: of an answer, or of its last part. */
  regenerate(article: HTMLElement): void {
    const question = this.#conversation.questionOf(article);
    if (question) this.#begin(this.#body(question.dataset["messageId"]));
  }

  /** Edits a message of the user. The new version has the same parent as the old one. */
  edit(article: HTMLElement): void {
    const question = this.#conversation.questionOf(article);
    if (!question) return;
    edit(question, (text, form) => this.#begin(this.#body(question.dataset["parentId"], text, fileIdsOf(form)), question));
  }

  editLast(): void {
    const question = this.#conversation.articles.findLast((article) => article.dataset["role"] === "user");
    if (question) this.edit(question);
  }

  copyLast(): void {
    const answer = this.#conversation.articles.findLast((article) => article.dataset["role"] === "assistant");
    if (answer?.dataset["state"] === "ended") void copy(answer);
  }

  /** What the user does with a summary of what the model no longer sees. */
  async summary(action: string): Promise<void> {
    const { conversationId } = this.#composer;
    const { summary } = await extras();
    if (conversationId) summary(action, await this.#conversation.line(), conversationId);
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

  /** Stops the answer, and sends what is typed under it. A second call does not give up waiting for its end. */
  sendNow(): void {
    if (this.#current.isIdle) this.#composer.submit();
    else if (this.#composer.queueForStop()) this.#current.stop();
  }

  /** Gives up a start that the server has not confirmed. */
  takeBack(): void {
    if (this.#current.isStarting) void this.#current.leave();
  }

  reload(): void {
    if (connection.trouble !== "cookies") return location.reload();
    // Without the cookie, the server does not find this conversation again.
    this.#composer.moveToNewChat();
    location.assign(routes.newChat);
  }

  /** Shows another version of a message. The server remembers it, so that it is shown wherever the conversation is opened. */
  async switchVersion(article: HTMLElement, button: HTMLElement, step: -1 | 1): Promise<void> {
    const { conversationId } = this.#composer;
    const leafId = neighbour(button.closest<HTMLElement>(".versions")!, step);
    if (!conversationId || !leafId || this.#switching || this.#current.isStarting) return;
    this.#switching = true;
    forgetStart();
    const switched =
      (await updateConversation(conversationId, { leafId })) &&
      (await this.#sync.showServersPath(conversationId, (show) => {
        inPlace(article, show, () => this.#conversation.byId(leafId), ".versions:not([hidden])");
      }));
    this.#switching = false;
    if (conversationId !== this.#composer.conversationId) return;
    if (!switched) return this.#composer.tell(word("script.not-switched"), false);
    const fresh = this.#conversation.byId(leafId);
    if (fresh) focusAfterSwitch(fresh, leafId, step);
    tellTabs(conversationId);
  }

  #send(message: string): void {
    if (this.#current.isIdle) this.#begin(this.#body(this.#conversation.leaf, message, this.#composer.files));
    else this.#composer.queue();
  }

  #body(parent: string | undefined, message?: string, files?: string[]): Body {
    const { conversationId, folderId, model, manner } = this.#composer;
    const parentId = parent || conversationId;
    return {
      ...(message !== undefined && { message }),
      ...(files && { files }),
      ...(conversationId && { conversationId }),
      ...(parentId && { parentId }),
      ...(folderId && { folderId }),
      ...(model && { model }),
      ...manner.forStart,
    };
  }

  #begin(body: Body, edited?: HTMLElement): void {
    if (this.#current.isIdle) this.#start(beginStart(body, this.#conversation.leaf), edited);
    else this.#composer.tell(word("script.still-writing"), false);
  }

  /** @param edited The message that was edited, if this start sends a new version of it. */
  #start(pending: PendingStart, edited?: HTMLElement): void {
    const { body } = pending;
    const isHere = this.visits.begin(pending);
    const isOnPath = this.#conversation.reaches(body);
    const { versions, restore, continued } = this.#conversation.cutAfter(body);
    const user = body.message === undefined ? undefined : this.#conversation.addUser(body.message);
    const view = continued ?? new MessageView(this.#conversation.addAnswer());
    goToEnd();
    connection.deleted(false);
    showWaiting(body.message === undefined ? "request" : "message");
    const isTyped = body.message !== undefined && !edited;
    if (isTyped) this.#composer.sending(body.message!);
    if (user && body.files) this.#showFiles(find(user, ".text"), edited);
    const files = isTyped && body.files ? this.#composer.givenFiles : "";
    const undo = () => {
      showWaiting(undefined);
      dropStart(pending);
      this.#resend = () => {
        if (body.message === undefined) this.#begin(body);
        else if (edited && isEdited(edited)) submitEditor(edited);
        else this.#composer.submit();
      };
      if (user && isTyped) this.#composer.takeFiles(user);
      user?.remove();
      if (continued) view.undo();
      else view.article.remove();
      restore();
      if (edited) focusEditor(edited);
      else if (isTyped) this.#composer.returned(body.message!);
      // Another tab may have started the answer that is shown again now.
      this.#sync.attachToRunning();
    };
    const arrived = (start: Started) => {
      if (!isHere()) return this.visits.arrived(start, pending, edited);
      showWaiting(undefined);
      this.#arrived(start, pending, user);
      if (edited) endEdit(edited);
      else if (isTyped) this.#composer.arrived();
      if (user) showVersions(user, [...versions, start.parentId]);
      showVersions(view.article, [...(user ? [] : versions), start.messageId]);
      // Another tab has changed the path since this was sent: what stands above it is not known here.
      // After a reload, so are the files of the message.
      const lacksFiles = body.files && user && !filesOf(user);
      if (!isOnPath || lacksFiles) void this.#sync.showServersPath(start.conversationId, (show) => show());
    };
    this.#current.begin({ start: pending }, view, {
      started: arrived,
      ended: (outcome, answer) => {
        if (!answer.started) return isHere() ? this.#explain(outcome, undo) : this.visits.failed(outcome, pending, files);
        this.#sync.answerEnded(outcome, answer);
        // The figures of an answer in several parts are sums that this page does not know, and so is a deployment.
        if (outcome.type === "ended" && (continued || view.hasUnknownFigures)) void this.#sync.showFigures(view.article);
      },
      stopped: () => void this.#sync.showAgain(view.article),
    });
  }

  /** Shows the files of a message that is being sent: those of the form, or of the editor. */
  #showFiles(text: HTMLElement, edited: HTMLElement | undefined): void {
    const files = edited && filesOf(find(edited, ".edit"));
    if (files) text.before(files.cloneNode(true));
    else if (!edited) this.#composer.giveFiles(text);
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
      history.replaceState(history.state, "", routes.conversation(conversationId));
      if (title) showDownload(conversationId);
    }
    this.#composer.manner.arrived(body);
    // Only a temporary conversation has no title, and it stands in no list.
    if (title) this.#sync.list.started(start, body.folderId);
    showTitle(title || word("script.temporary"));
    tellTabs(conversationId);
  }

  /** Tells the user why the server did not take the message. */
  #explain(outcome: Outcome, undo: () => void): void {
    undo();
    if (outcome.type === "refused") this.#explainRefusal(outcome.problem);
    // A start that cannot have arrived needs no words. The bar says that the sign-in has expired.
    else if (outcome.type === "left" && !outcome.unsent) this.#composer.tell(word("script.given-up"), true);
  }

  #explainRefusal(problem: Problem): void {
    const { conversationId } = this.#composer;
    // What this key had started was deleted: sent again, the message is a new one.
    if (problem.status === 410) forgetStart();
    // Something was deleted that this page still shows.
    if (problem.status === 404 && conversationId) void this.#sync.showServersPath(conversationId);
    if (!problem.generationId || !conversationId) return this.#composer.refuse(problem);

    // Another answer is being written at the end of this conversation: show it, and keep the user's text.
    void this.#sync.showServersPath(conversationId);
    this.#composer.tell(word("script.still-running"), false);
  }

  /** The shown conversation is gone: the page becomes a new chat, with all that was typed. */
  #deletedElsewhere(): void {
    forgetStart();
    for (const article of this.#conversation.articles) if (isEdited(article)) this.#composer.add(editedText(article));
    this.#conversation.clear();
    this.#composer.clearRefusal();
    this.#composer.moveToNewChat();
    history.replaceState(history.state, "", routes.newChat);
    showNewChatTitle();
    connection.deleted(true);
    void this.#sync.list.refresh();
  }

  #busy(busy: boolean): void {
    this.#conversation.busy(busy);
    this.#composer.busy(busy);
  }
}
