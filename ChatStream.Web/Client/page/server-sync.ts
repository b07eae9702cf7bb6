import type { Summary } from "../stream/listing";
import { whileSeen } from "../stream/presence";
import type { Outcome } from "../stream/session";
import { browserHost } from "./browser-host";
import type { Conversation } from "./conversation";
import { ConversationList } from "./conversation-list";
import type { CurrentAnswer } from "./current-answer";
import { find } from "./dom";
import type { LiveAnswer } from "./live-answer";
import { MessageView } from "./message-view";
import { readServerPage } from "./server-page";
import { onOtherTab } from "./tabs";
import { showEndInTitle, showTitle } from "./title";

/** How often the list is read again while it is looked at: more often where an answer runs in it that is not followed here. */
const often = 10_000;
const seldom = 60_000;

/** When it is read again after an answer: the title of a new conversation may come from the model, which takes a moment. */
const afterAnswer = [2_000];
const afterFirstAnswer = [2_000, 10_000];

/** Keeps the page in step with what the server has: what other tabs did, and what the conversations are called now. */
export class ServerSync {
  readonly list: ConversationList;

  constructor(
    private readonly conversation: Conversation,
    private readonly current: CurrentAnswer,
    private readonly shownId: () => string | undefined,
  ) {
    this.list = new ConversationList(shownId, (row) => this.#listed(row));
    onOtherTab((conversationId) => void this.#changedElsewhere(conversationId));
    whileSeen(
      browserHost,
      () => (this.list.anyRunning ? often : seldom),
      () => this.#readList(),
    );
  }

  attachToRunning(): void {
    const { running } = this.conversation;
    if (!running || !this.current.isIdle) return;
    const origin = { attach: running.dataset["messageId"]! };
    this.current.follow(origin, new MessageView(running), {
      over: (outcome, run) => {
        this.over(outcome, run);
        if (outcome.type === "ended") void this.#showFigures(running);
      },
    });
  }

  /** An answer has ended, or is no longer followed here. */
  over(outcome: Outcome, { complete }: LiveAnswer): void {
    const conversationId = this.shownId();
    if (outcome.type === "left" || !conversationId) return;
    showEndInTitle(complete);
    this.list.ended(conversationId);
    for (const milliseconds of this.conversation.articles.length > 2 ? afterAnswer : afterFirstAnswer)
      setTimeout(() => this.#readList(), milliseconds);
  }

  /**
   * Shows the path that the server remembers in place of the one that is shown, and follows its answer if that still runs.
   * With `around`, the user asked for it, and an answer that is followed here gives way.
   */
  async showServersPath(conversationId: string, around?: (show: () => void) => void): Promise<boolean> {
    const page = await readServerPage(conversationId);
    if (page === "gone") location.reload();
    if (!page || page === "gone") return false;
    // What was sent from here meanwhile is newer than that page.
    if (this.current.isStarting || (!around && !this.current.isIdle)) return false;
    await this.current.leave();
    const show = () => this.conversation.show(page);
    if (around) around(show);
    else show();
    this.attachToRunning();
    return true;
  }

  /** Of an answer whose beginning was not seen here, the server knows the times. */
  async #showFigures(article: HTMLElement): Promise<void> {
    const conversationId = this.shownId();
    const page = conversationId && (await readServerPage(conversationId));
    if (!page || page === "gone") return;
    const fresh = page.querySelector(`article[data-message-id="${article.dataset["messageId"]}"][data-state=ended]`);
    if (!fresh) return;
    for (const part of [".figures", ".thought"])
      find(article, part).replaceChildren(...document.importNode(find(fresh, part), true).childNodes);
  }

  #readList(): void {
    if (this.current.isIdle) void this.list.refresh();
  }

  #listed({ id, title, leafId }: Summary): void {
    showTitle(title);
    if (this.current.isIdle && leafId !== this.conversation.leaf) void this.showServersPath(id);
  }

  async #changedElsewhere(conversationId: string): Promise<void> {
    // A tab that nobody sees learns of it when it is seen.
    if (document.hidden || !this.current.isIdle) return;
    if (conversationId === this.shownId()) await this.showServersPath(conversationId);
    await this.list.refresh();
  }
}
