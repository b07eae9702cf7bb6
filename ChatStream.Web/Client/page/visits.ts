import type { Started } from "../stream/events";
import type { Place } from "../stream/place";
import type { Outcome } from "../stream/session";
import { announce } from "./announcer";
import { arrivedElsewhere, type Composer } from "./composer";
import { connection, showWaiting } from "./connection-bar";
import type { Conversation } from "./conversation";
import type { CurrentAnswer } from "./current-answer";
import { find } from "./dom";
import { closeDrawer } from "./drawer";
import { endEdit } from "./editor";
import type { LiveAnswer } from "./live-answer";
import type { Pages } from "./navigation";
import { confirmStart, dropStart, forgetConfirmed, type PendingStart } from "./pending-start";
import { type Position, readPosition, restorePosition, showFound } from "./position";
import type { ServerPage } from "./server-page";
import type { ServerSync } from "./server-sync";
import { keptFiles, keptManners } from "./storage";
import { updateConversation } from "./stored-conversation";
import { tellTabs } from "./tabs";
import { showDownload, showNewChatTitle, showTitle } from "./title";
import { word } from "./words";

interface Callbacks {
  /** Continues a start that the server had not confirmed when its conversation was left, or else what runs there. */
  goOn(pending: PendingStart | undefined): void;
  /** Sets what the button beside a refusal does. */
  again(action: () => void): void;
}

/** Exchanges the conversation that the page shows for another, and looks after the starts of those that were left. */
export class Visits implements Pages {
  /** Another object for each conversation that is opened. */
  #visit = {};
  #pending: PendingStart | undefined;
  /** The starts that the server had not confirmed when the user opened another conversation, by the paths of theirs. */
  readonly #underway = new Map<string, { pending: PendingStart; answer: LiveAnswer }>();

  constructor(
    private readonly conversation: Conversation,
    private readonly composer: Composer,
    private readonly current: CurrentAnswer,
    private readonly sync: ServerSync,
    private readonly callbacks: Callbacks,
  ) {}

  isShown({ conversationId }: Place): boolean {
    return conversationId === this.composer.conversationId && !this.composer.folderId;
  }

  position(): Position | undefined {
    return readPosition(this.conversation.articles);
  }

  opening(conversationId: string | undefined): void {
    this.sync.list.opening(conversationId);
  }

  /** Shows another conversation. What is shown now is released; its answer goes on at the server. Without a page: a new chat. */
  open(place: Place, page: Document | undefined, position: Position | undefined): void {
    // For the script that is loaded later.
    document.dispatchEvent(new Event("leaving"));
    const queuedIn = this.composer.isQueued && find(document, "#title").textContent;
    const unconfirmed = this.current.depart();
    const pending = this.#pending;
    if (unconfirmed && pending) this.#underway.set(pending.path, { pending, answer: unconfirmed });
    forgetConfirmed();
    showWaiting(undefined);
    connection.deleted(false);
    this.#visit = {};
    const { conversationId, messageId } = place;
    this.conversation.open(page, messageId ?? position?.messageId);
    this.composer.open(conversationId, page);
    if (page && conversationId !== undefined) {
      showTitle(find(page, "#title").textContent);
      // A temporary one has none.
      showDownload(conversationId, find(page, ".download").hidden);
    } else showNewChatTitle();
    this.sync.list.opened(page);
    announce(word("script.opened", find(document, "#title").textContent));
    this.goTo(place, position);

    const underway = this.#underway.get(location.pathname);
    this.#underway.delete(location.pathname);
    underway?.answer.leave();
    this.callbacks.goOn(underway?.pending);
    if (queuedIn) this.composer.tell(word("script.not-sent-there", queuedIn), false);
  }

  /** Goes to a message of the conversation that is shown, or to where it was scrolled to. */
  goTo({ messageId }: Place, position: Position | undefined): void {
    closeDrawer();
    this.composer.invite();
    const article = this.conversation.byId(messageId ?? position?.messageId ?? "");
    if (messageId === undefined) restorePosition(article, position);
    else if (article) showFound(article);
    else void this.#showPathOf(messageId);
  }

  /** Says why a conversation could not be opened. */
  explain({ conversationId = "" }: Place, reason: Exclude<ServerPage, Document>, again: () => void): void {
    if (reason === "gone") {
      this.sync.list.gone(conversationId);
      this.composer.tell(word("script.opened-gone"), false);
    } else if (reason === "unreachable") {
      this.composer.tell(word("script.not-opened"), true);
      this.callbacks.again(again);
    }
  }

  /** Call it with each start. Returns a function that says whether the conversation is still shown. */
  begin(pending: PendingStart): () => boolean {
    const visit = this.#visit;
    this.#pending = pending;
    return () => visit === this.#visit;
  }

  /** The server has a message of a conversation that the user has left. */
  arrived(start: Started, pending: PendingStart, edited: HTMLElement | undefined): void {
    this.#underway.delete(pending.path);
    confirmStart(pending);
    forgetConfirmed();
    const { conversationId, message } = pending.body;
    // The next new chat has none of it.
    if (!conversationId) keptManners.write("", "");
    if (edited) endEdit(edited);
    else if (message !== undefined) arrivedElsewhere(conversationId, message);
    this.sync.list.started(start, pending.body.folderId);
    tellTabs(start.conversationId);
  }

  /**
   * The server did not take a message of a conversation that the user has left. The draft there still has its text, and gets its
   * files again.
   */
  failed({ type }: Outcome, pending: PendingStart, files: string): void {
    if (type === "left") return;
    this.#underway.delete(pending.path);
    dropStart(pending);
    const { conversationId = "" } = pending.body;
    if (!keptFiles.read(conversationId)) keptFiles.write(conversationId, files);
    const title = this.sync.list.titleOf(pending.body.conversationId);
    if (type !== "signed-out") this.composer.tell(word("script.not-sent-there", title), false);
  }

  async #showPathOf(messageId: string): Promise<void> {
    const { conversationId } = this.composer;
    if (!conversationId || !(await updateConversation(conversationId, { leafId: messageId }))) return;
    await this.sync.showServersPath(conversationId, (show) => {
      show();
      const article = this.conversation.byId(messageId);
      if (article) showFound(article);
    });
  }
}
