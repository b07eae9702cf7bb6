import type { Started } from "../stream/events";
import type { Origin, Outcome } from "../stream/session";
import { LiveAnswer } from "./live-answer";
import type { MessageView } from "./message-view";

/** What is done about an answer beside showing it. */
interface Follower {
  started?(start: Started): void;
  over(outcome: Outcome, run: LiveAnswer): void;
}

/** The answer that is followed: one at a time. */
export class CurrentAnswer {
  #run: LiveAnswer | undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(
    private readonly onBusy: (busy: boolean) => void,
    private readonly onOver: (complete: boolean) => void,
  ) {}

  get isIdle(): boolean {
    return this.#run === undefined;
  }

  /** Sent, and the server has not said yet that it has it. */
  get isStarting(): boolean {
    return this.#run !== undefined && !this.#run.started;
  }

  follow(origin: Origin, view: MessageView, follower: Follower): void {
    const run = new LiveAnswer(view, (start) => follower.started?.(start));
    this.#run = run;
    this.onBusy(true);
    this.#over = run.follow(origin).then((outcome) => {
      this.#run = undefined;
      this.onBusy(false);
      follower.over(outcome, run);
      this.onOver(outcome.type === "ended" && run.complete);
    });
  }

  stop(): void {
    this.#run?.stop();
  }

  /** The answer goes on; it is only no longer followed here. */
  leave(): Promise<void> {
    this.#run?.leave();
    return this.#over;
  }
}
