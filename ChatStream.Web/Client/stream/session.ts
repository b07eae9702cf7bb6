import { Backoff } from "./backoff";
import { readEvent, type StreamEvent } from "./events";
import { longestSilence, readFrames } from "./frames";
import { pollWhileHidden, whenLongHidden } from "./hidden";
import { type Host, pause } from "./host";
import { type Problem, readProblem } from "./problem";
import { Sequence } from "./sequence";

/** What is kept until `start` has arrived: sent again as it is, it attaches and never buys twice. */
export interface StartRequest {
  key: string;
  body: { message?: string; conversationId?: string; parentId?: string; model?: string };
}

export type Origin = { start: StartRequest } | { attach: string };

export type Outcome =
  | { type: "ended" }
  | { type: "refused"; problem: Problem }
  | { type: "gone"; status: number }
  | { type: "left" };

export interface Listener {
  event(event: StreamEvent): void;
  /** Between a lost connection and the next that works; the text stays as it is. */
  connected(connected: boolean): void;
}

/** Follows one generation to its end over as many connections as that takes. */
export async function streamAnswer(
  url: string,
  origin: Origin,
  host: Host,
  listener: Listener,
  signal: AbortSignal,
): Promise<Outcome> {
  const sequence = new Sequence("attach" in origin ? origin.attach : undefined);
  const backoff = new Backoff(host.random);
  let connected = true;

  for (;;) {
    const outcome = await connect();
    if (signal.aborted) return { type: "left" };
    if (outcome === "let go") {
      await pollWhileHidden(`${url}/${sequence.generation}`, host, signal);
      if (signal.aborted) return { type: "left" };
      continue;
    }
    if (outcome !== "lost") return outcome;
    if (connected) listener.connected((connected = false));
    await pause(host, backoff.next(), signal);
    if (signal.aborted) return { type: "left" };
  }

  async function connect(): Promise<Outcome | "lost" | "let go"> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const unsubscribe = host.onSignal((kind) => kind === "sleep" && abort());
    let letGo = false;
    const unwatch = whenLongHidden(host, () => {
      // A start that is not confirmed yet has nothing to come back to.
      if (sequence.generation === undefined) return;
      letGo = true;
      abort();
    });
    signal.addEventListener("abort", abort);
    try {
      // The headers come at once, or the connection is as dead as one that falls silent later.
      const timer = host.setTimeout(abort, longestSilence);
      const response = await request(attempt.signal).catch(() => undefined);
      host.clearTimeout(timer);
      if (!response) return letGo ? "let go" : "lost";
      const streams = response.status === 200 && response.headers.get("Content-Type")?.startsWith("text/event-stream");
      if (!streams || !response.body) return await refusal(response);
      if (!connected) listener.connected((connected = true));
      const end = await read(response.body, attempt.signal);
      return end === "enough" ? { type: "ended" } : letGo ? "let go" : "lost";
    } finally {
      unwatch();
      signal.removeEventListener("abort", abort);
      unsubscribe();
      abort();
    }
  }

  function request(attempt: AbortSignal): Promise<Response> {
    const generation = sequence.generation;
    if (generation === undefined && "start" in origin)
      return host.fetch(url, {
        method: "POST",
        headers: {
          "Accept": "text/event-stream",
          "Content-Type": "application/json",
          "Idempotency-Key": origin.start.key,
        },
        body: JSON.stringify(origin.start.body),
        signal: attempt,
      });
    const headers: Record<string, string> = { "Accept": "text/event-stream" };
    if (sequence.lastId !== undefined) headers["Last-Event-ID"] = sequence.lastId;
    return host.fetch(`${url}/${generation}`, { headers, cache: "no-store", signal: attempt });
  }

  async function refusal(response: Response): Promise<Outcome | "lost"> {
    const { status } = response;
    if (sequence.generation === undefined) {
      // A proxy in front of a server that is being restarted, after a start that may have got through: still unknown.
      if (!connected && status >= 500) return "lost";
      return { type: "refused", problem: await readProblem(response, host.now()) };
    }
    if (status === 204) return { type: "ended" };
    const final = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
    return final ? { type: "gone", status } : "lost";
  }

  function read(body: ReadableStream<Uint8Array>, attempt: AbortSignal) {
    return readFrames(
      body,
      host,
      attempt,
      (frame) => {
        const event = readEvent(frame.event, frame.data);
        if (event === "broken") return "lost";
        const place = sequence.accept(frame.id);
        if (place !== "next") return place === "repeat" ? "more" : "lost";
        backoff.reset();
        if (event === "unknown") return "more";
        listener.event(event);
        return event.type === "stop" ? "enough" : "more";
      },
      (milliseconds) => void (backoff.first = milliseconds),
    );
  }
}
