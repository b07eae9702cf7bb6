import type { Started } from "../stream/events";
import type { Origin, Outcome } from "../stream/session";
import { LiveAnswer } from "./live-answer";
import type { MessageView } from "./message-view";

/** What the caller does when the current answer starts and ends. */
interface Callbacks {
  started?(start: Started): void;
  ended(outcome: Outcome, answer: LiveAnswer): void;
  /** The server has answered a Stop for whose answer's end the user did not wait. */
  stopped?(): void;
}

/** The answer that this page receives now: one at a time. */
export class CurrentAnswer {
  #answer: LiveAnswer | undefined;
  #stopping: Promise<void> | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly onBusy: (busy: boolean) => void,
    private readonly onEnd: (complete: boolean, started: boolean) => void,
  ) {}

  get isIdle(): boolean {
    return this.#answer === undefined;
  }

  /** True from sending a start until the server confirms it. */
  get isStarting(): boolean {
    return this.#answer !== undefined && !this.#answer.started;
  }

  begin(origin: Origin, view: MessageView, callbacks: Callbacks): void {
    const answer = new LiveAnswer(view, (start) => callbacks.started?.(start));
    this.#answer = answer;
    this.onBusy(true);
    this.#ended = answer.show(origin, this.#stopping).then((outcome) => {
      const isCurrent = this.#answer === answer;
      if (isCurrent) {
        this.#answer = undefined;
        if (answer.stopping) this.#stopLater(answer.stopping, callbacks);
        this.onBusy(false);
      }
      callbacks.ended(outcome, answer);
      if (isCurrent) this.onEnd(outcome.type === "ended" && answer.complete, answer.started);
    });
  }

  /** The user did not wait for the end of an answer. Its Stop goes on, and the next start comes after it. */
  #stopLater(stopping: Promise<void>, callbacks: Callbacks): void {
    this.#stopping = stopping;
    void stopping.then(() => {
      if (this.#stopping === stopping) this.#stopping = undefined;
      callbacks.stopped?.();
    });
  }

  stop(): void {
    this.#answer?.stop();
  }

  /** Stops receiving the answer. It goes on at the server. */
  leave(): Promise<void> {
    this.#answer?.leave();
    return this.#ended;
  }

  /**
   * Stops receiving the answer, because the page shows another conversation from now on. Returns the answer if the server has
   * not confirmed its start: that start still goes on.
   */
  depart(): LiveAnswer | undefined {
    const answer = this.#answer;
    this.#stopping = undefined;
    if (!answer) return undefined;
    this.#answer = undefined;
    this.onBusy(false);
    answer.leaveOnceStarted();
    return answer.started ? undefined : answer;
  }
}
