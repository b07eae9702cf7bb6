import { type Answer, fold, nothing } from "../stream/answer";
import type { Started } from "../stream/events";
import { type Origin, type Outcome, streamAnswer } from "../stream/session";
import { browserHost } from "./browser-host";
import type { MessageView } from "./message-view";
import { routes } from "./routes";

/** One answer that this page receives and shows until its end. */
export class LiveAnswer {
  readonly #leave = new AbortController();
  #generation: string | undefined;
  #answer: Answer = nothing;
  #connected = true;
  #stopRequested = false;

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
        event: (event) => {
          this.#answer = fold(this.#answer, event);
          this.view.apply(event);
          if (event.type !== "start") return;
          this.#generation = event.generationId;
          this.onStart(event);
          this.#stopIfRequested();
        },
        connected: (connected) => {
          this.#connected = connected;
          this.view.connected(connected);
          if (!connected || !this.#stopRequested) return;
          this.view.stopping();
          this.#stopIfRequested();
        },
      },
      this.#leave.signal,
    );

    if (outcome.type === "left") this.view.leave();
    else if (this.started) this.view.end(outcome.type === "ended" ? this.#answer : lost(this.#answer));
    return outcome;
  }

  /** Stops receiving the answer. It goes on at the server. */
  leave(): void {
    this.#leave.abort();
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

  #stopIfRequested(): void {
    if (!this.#stopRequested || !this.#generation) return;
    // If the request is lost, it is sent again when the stream is connected again.
    void fetch(routes.stop(this.#generation), { method: "POST" }).catch(() => {});
  }
}

function lost(answer: Answer): Answer {
  const { finish: _, ...rest } = answer;
  return rest;
}
