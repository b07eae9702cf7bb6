import { type Answer, fold, nothing } from "../stream/answer";
import type { Started } from "../stream/events";
import { follow, type Origin, type Outcome } from "../stream/session";
import { browserHost } from "./browser-host";
import type { MessageView } from "./message-view";
import { routes } from "./routes";

/** One answer, followed to its end into its view. */
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

  /** Whether the server has it: an answer that has started is never taken away again. */
  get started(): boolean {
    return this.#generation !== undefined;
  }

  get complete(): boolean {
    return this.#answer.finish === "completed";
  }

  async follow(origin: Origin): Promise<Outcome> {
    if ("attach" in origin) this.#generation = origin.attach;
    this.view.begin("start" in origin);
    const outcome = await follow(
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

  /** The answer goes on; it is only no longer followed here. */
  leave(): void {
    this.#leave.abort();
  }

  /** Before the start is known the wish is kept; a second one, or one without a connection, gives up waiting. */
  stop(): void {
    if (!this.started && (this.#stopRequested || !this.#connected)) return this.#leave.abort();
    this.#stopRequested = true;
    this.view.stopping();
    this.#stopIfRequested();
  }

  #stopIfRequested(): void {
    if (!this.#stopRequested || !this.#generation) return;
    // Lost on the way, it is sent again when the stream is connected again.
    void fetch(routes.stop(this.#generation), { method: "POST" }).catch(() => {});
  }
}

function lost(answer: Answer): Answer {
  const { finish: _, ...rest } = answer;
  return rest;
}
