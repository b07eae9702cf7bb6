import type { Summary } from "../stream/listing";
import { whileSeen } from "../stream/presence";
import type { Outcome } from "../stream/session";
import { connection } from "./connection-bar";
import type { Conversation } from "./conversation";
import { ConversationList } from "./conversation-list";
import type { CurrentAnswer } from "./current-answer";
import { find } from "./dom";
import type { LiveAnswer } from "./live-answer";
import { MessageView } from "./message-view";
import { readServerPage } from "./server-page";
import { onOtherTab } from "./tabs";
import { showEndInTitle, showTitle } from "./title";

/** Time between two readings of the list while the page is visible, in milliseconds; the shorter one while an answer runs. */
const often = 10_000;
const seldom = 60_000;

/** When the list is read again after an answer, in milliseconds. The model may take a while to title a new conversation. */
const afterAnswer = [2_000];
const afterFirstAnswer = [2_000, 10_000];

/** Keeps the page up to date with the server: new titles, and changes that other tabs made. */
export class ServerSync {
  readonly list: ConversationList;

  constructor(
    private readonly conversation: Conversation,
    private readonly current: CurrentAnswer,
    private readonly shownId: () => string | undefined,
    private readonly onDeleted: () => void,
  ) {
    this.list = new ConversationList(
      shownId,
      (row) => this.#listed(row),
      (id) => this.current.isIdle && void this.showServersPath(id),
    );
    onOtherTab((conversationId) => void this.#changedElsewhere(conversationId));
    whileSeen(
      connection,
      () => (this.list.anyRunning ? often : seldom),
      () => this.#readList(),
    );
  }

  attachToRunning(): void {
    const { running } = this.conversation;
    if (!running || !this.current.isIdle) return;
    const origin = { attach: running.dataset["messageId"]! };
    this.current.begin(origin, new MessageView(running), {
      ended: (outcome, answer) => {
        this.answerEnded(outcome, answer);
        if (outcome.type === "ended") void this.showFigures(running);
      },
      stopped: () => void this.showAgain(running),
    });
  }

  /** Call it when an answer has ended, or when this page stopped receiving it. */
  answerEnded(outcome: Outcome, { complete }: LiveAnswer): void {
    const conversationId = this.shownId();
    if (outcome.type === "left" || outcome.type === "signed-out" || !conversationId) return;
    showEndInTitle(complete);
    this.list.ended(conversationId);
    this.conversation.refreshLine(conversationId);
    for (const milliseconds of this.conversation.articles.length > 2 ? afterAnswer : afterFirstAnswer)
      setTimeout(() => this.#readList(), milliseconds);
  }

  /**
   * Shows the path that the server remembers, and receives its answer if that still runs. With `around`, the user asked for
   * it, and the page stops receiving the current answer. Returns false if nothing was changed.
   */
  async showServersPath(conversationId: string, around?: (show: () => void) => void): Promise<boolean> {
    const page = await readServerPage(conversationId);
    // Another conversation may have been opened meanwhile.
    if (conversationId !== this.shownId()) return false;
    if (page === "gone") this.onDeleted();
    if (!(page instanceof Document)) return false;
    // A message that was sent from here meanwhile is newer than that page.
    if (this.current.isStarting || (!around && !this.current.isIdle)) return false;
    await this.current.leave();
    if (conversationId !== this.shownId()) return false;
    const show = () => this.conversation.show(page);
    if (around) around(show);
    else show();
    this.attachToRunning();
    return true;
  }

  /** Shows an answer, to whose end this page did not wait, as the server has it. */
  async showAgain(article: HTMLElement): Promise<void> {
    const fresh = await this.#readEnded(article);
    if (!fresh || !article.isConnected) return;
    article.replaceWith(fresh);
    this.conversation.upgrade();
  }

  /** Shows the server's figures of an answer that this page did not see from its beginning to its end. */
  async showFigures(article: HTMLElement): Promise<void> {
    const fresh = await this.#readEnded(article);
    if (!fresh) return;
    for (const part of [".figures", ".thought"]) find(article, part).replaceChildren(...find(fresh, part).childNodes);
  }

  async #readEnded(article: HTMLElement): Promise<HTMLElement | undefined> {
    const conversationId = this.shownId();
    const page = conversationId && (await readServerPage(conversationId));
    if (!(page instanceof Document)) return undefined;
    const fresh = page.querySelector<HTMLElement>(`article[data-message-id="${article.dataset["messageId"]}"][data-state=ended]`);
    return fresh ? document.importNode(fresh, true) : undefined;
  }

  #readList(): void {
    if (this.current.isIdle) void this.list.refresh();
  }

  #listed({ id, title, leafId }: Summary): void {
    showTitle(title);
    if (this.current.isIdle && leafId !== this.conversation.leaf) void this.showServersPath(id);
  }

  async #changedElsewhere(conversationId: string): Promise<void> {
    // A hidden tab reads the changes when it becomes visible.
    if (document.hidden || !this.current.isIdle) return;
    if (conversationId === this.shownId()) await this.showServersPath(conversationId);
    await this.list.refresh();
  }
}
