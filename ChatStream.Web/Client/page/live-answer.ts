import { type Answer, fold, nothing } from "../stream/answer";
import type { Started, StreamEvent } from "../stream/events";
import { type Origin, type Outcome, streamAnswer } from "../stream/session";
import { patience, stopAnswer } from "../stream/stop";
import { connection } from "./connection-bar";
import type { MessageView } from "./message-view";
import { routes } from "./routes";
import { stops } from "./storage";

/** One answer that this page receives and shows until its end. */
export class LiveAnswer {
  readonly #leave = new AbortController();
  readonly #over = new AbortController();
  #generation: string | undefined;
  #answer: Answer = nothing;
  #hasBegun = false;
  #connected = true;
  #stopRequested = false;
  #leavesOnceStarted = false;
  #hasGivenUp = false;
  #patience: unknown;
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly view: MessageView,
    private readonly onStart: (start: Started) => void,
  ) {}

  /** True once the server has confirmed the start. From then on the answer stays on the page. */
  get started(): boolean {
    return this.#generation !== undefined;
  }

  get complete(): boolean {
    return this.#answer.finish === "completed";
  }

  /** Resolves when the server has answered the Stop. Undefined if there is nothing to stop. */
  get stopping(): Promise<void> | undefined {
    return this.#stopping;
  }

  /**
   * Shows the answer until it ends, or until `leave`.
   * @param earlier An earlier answer is being stopped. This one starts afterwards, because it may follow that one.
   */
  async show(origin: Origin, earlier?: Promise<void>): Promise<Outcome> {
    if ("attach" in origin) this.#generation = origin.attach;
    this.view.begin("start" in origin);
    if (this.#generation && stops.has(this.#generation)) this.stop();
    if (earlier) await this.#after(earlier);
    const outcome: Outcome = this.#leave.signal.aborted ? { type: "left", unsent: true } : await this.#receive(origin);
    connection.clearTimeout(this.#patience);

    // The wish to stop an answer outlives the look at it.
    if (outcome.type !== "left") this.#over.abort();
    const lost = outcome.type === "signed-out" ? "signed-out" : outcome.type === "left" ? "unstopped" : "gone";
    if (!this.started || (outcome.type === "left" && !this.#hasGivenUp)) this.view.leave();
    else if (outcome.type === "ended") this.view.end(this.#answer);
    else this.view.end(withoutFinish(this.#answer), lost);
    return outcome;
  }

  /** Stops receiving the answer. It goes on at the server. */
  leave(): void {
    this.#leave.abort();
  }

  /** As `leave`, but a message is first brought to the server. */
  leaveOnceStarted(): void {
    this.#leavesOnceStarted = true;
    if (this.started) this.leave();
  }

  /**
   * Stops the answer at the server. Before the start is confirmed, the request waits for it. Without a connection, or when it
   * is called again, the user need not wait for the end: the request goes on.
   */
  stop(): void {
    const isAgain = this.#stopRequested;
    this.#stopRequested = true;
    this.#stopIfRequested();
    if (isAgain || connection.isLost || !(this.started || this.#connected)) return this.#giveUp();
    this.view.stopping();
    this.#patience = connection.setTimeout(() => this.#giveUp(), patience);
  }

  #giveUp(): void {
    this.#hasGivenUp = true;
    this.#leave.abort();
  }

  async #after(earlier: Promise<void>): Promise<void> {
    const left = new Promise<void>((resolve) => this.#leave.signal.addEventListener("abort", () => resolve()));
    this.#connectedIs(false, true);
    await Promise.race([earlier, left]);
    this.#connectedIs(true, true);
  }

  #receive(origin: Origin): Promise<Outcome> {
    const listener = {
      event: (event: StreamEvent) => this.#take(event),
      connected: (connected: boolean, unsent: boolean) => this.#connectedIs(connected, unsent),
    };
    return streamAnswer(routes.stream, origin, connection, listener, this.#leave.signal);
  }

  #connectedIs(connected: boolean, unsent: boolean): void {
    this.#connected = connected;
    this.view.waits(connected ? undefined : unsent ? "unsent" : "no-connection");
    if (this.#stopRequested) this.view.stopping();
  }

  #take(event: StreamEvent): void {
    connection.reached();
    // A stored answer begins with `start` once more. What is shown stays until its text is there.
    if (event.type === "start" && this.#hasBegun) return;
    this.#answer = fold(this.#answer, event);
    if (!this.#leavesOnceStarted) this.view.apply(event);
    if (event.type !== "start") return;
    this.#hasBegun = true;
    this.#generation = event.generationId;
    this.onStart(event);
    this.#stopIfRequested();
    if (this.#leavesOnceStarted) this.leave();
  }

  #stopIfRequested(): void {
    if (!this.#stopRequested || !this.#generation) return;
    const id = this.#generation;
    stops.add(id);
    this.#stopping ??= stopAnswer(routes.stop(id), connection, this.#over.signal).finally(() => {
      stops.remove(id);
      this.#stopping = undefined;
    });
  }
}

function withoutFinish(answer: Answer): Answer {
  const { finish: _, ...rest } = answer;
  return rest;
}
