import { type Answer, fold, nothing } from "../stream/answer";
import type { Started, StreamEvent } from "../stream/events";
import { type Origin, type Outcome, streamAnswer } from "../stream/session";
import { stopAnswer } from "../stream/stop";
import { browserHost } from "./browser-host";
import type { MessageView } from "./message-view";
import { routes } from "./routes";

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

  /** Shows the answer until it ends, or until `leave`. */
  async show(origin: Origin): Promise<Outcome> {
    if ("attach" in origin) this.#generation = origin.attach;
    this.view.begin("start" in origin);
    const outcome = await streamAnswer(
      routes.stream,
      origin,
      browserHost,
      {
        event: (event) => this.#receive(event),
        connected: (connected) => {
          this.#connected = connected;
          this.view.connected(connected);
          if (connected && this.#stopRequested) this.view.stopping();
        },
      },
      this.#leave.signal,
    );

    // The wish to stop an answer outlives the look at it.
    if (outcome.type !== "left") this.#over.abort();
    if (outcome.type === "left" || !this.started) this.view.leave();
    else if (outcome.type === "ended") this.view.end(this.#answer);
    else this.view.end(withoutFinish(this.#answer), outcome.type === "signed-out" ? "signed-out" : "gone");
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
   * Stops the answer at the server. Before the start is confirmed, the request waits for it; a second call, or one without
   * a connection, gives up waiting.
   */
  stop(): void {
    if (!this.started && (this.#stopRequested || !this.#connected)) return this.#leave.abort();
    this.#stopRequested = true;
    this.view.stopping();
    this.#stopIfRequested();
  }

  #receive(event: StreamEvent): void {
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
    this.#stopping ??= stopAnswer(routes.stop(this.#generation), browserHost, this.#over.signal).finally(() => {
      this.#stopping = undefined;
    });
  }
}

function withoutFinish(answer: Answer): Answer {
  const { finish: _, ...rest } = answer;
  return rest;
}
