import { Backoff } from "./backoff";
import { readEvent, type StreamEvent } from "./events";
import { longestSilence, readFrames } from "./frames";
import { pollWhileHidden, whenLongHidden } from "./hidden";
import { type Host, pause, tooLate } from "./host";
import { isFinal, type Problem, readProblem } from "./problem";
import { Sequence } from "./sequence";
import { isSignIn } from "./sign-in";

/** A start. It is kept until the `start` event arrives: sent again unchanged, it attaches to the same answer. */
export interface StartRequest {
  key: string;
  body: { message?: string; files?: string[]; conversationId?: string; parentId?: string; model?: string } & StartMembers;
}

/** What a body says about how the conversation's answers are to be. Null clears, and what is absent stays as it is. */
export interface MannerBody {
  preset?: string | null;
  effort?: string | null;
  verbosity?: string | null;
  systemPrompt?: string | null;
}

/** What a start says beside its message. */
export interface StartMembers extends MannerBody {
  /** Of a new conversation: it is not kept. */
  temporary?: true;
  /** Of a new conversation: the folder that it stands in. */
  folderId?: string;
}

export type Origin = { start: StartRequest } | { attach: string };

/**
 * How receiving ended. `ended`: all frames arrived. `refused`: the server did not take the start. `gone`: the server does not
 * have the answer. `signed-out`: a proxy in front wants the user to sign in again. `left`: the page stopped receiving;
 * `unsent`: and the server cannot have the start, because the browser was offline all the time.
 */
export type Outcome =
  | { type: "ended" }
  | { type: "refused"; problem: Problem }
  | { type: "gone"; status: number }
  | { type: "signed-out" }
  | { type: "left"; unsent?: true };

export interface Listener {
  /** `start` comes once at most, also where the frames of the stored answer, which begin with it, follow live ones. */
  event(event: StreamEvent): void;
  /** The connection is lost, or the next one works. `unsent`: the server cannot have the start. */
  connected(connected: boolean, unsent: boolean): void;
}

/** Receives one answer to its end, over as many connections as it takes. */
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
  let started = false;
  let unsent = "start" in origin;
  const left = (): Outcome => (unsent ? { type: "left", unsent } : { type: "left" });

  for (;;) {
    const wasUnsent = unsent;
    unsent &&= !host.online;
    const outcome = await connect();
    if (signal.aborted) return left();
    if (outcome === "let go") {
      await pollWhileHidden(`${url}/${sequence.generation}`, host, signal);
      if (signal.aborted) return left();
      continue;
    }
    if (outcome !== "lost") return outcome;
    if (connected || unsent !== wasUnsent) listener.connected((connected = false), unsent);
    await pause(host, backoff.next(), signal);
    if (signal.aborted) return left();
  }

  async function connect(): Promise<Outcome | "lost" | "let go"> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const unsubscribe = host.onSignal((kind) => kind === "sleep" && abort());
    let letGo = false;
    const unwatch = whenLongHidden(host, () => {
      // Before the start is confirmed there is no generation to attach to later.
      if (sequence.generation === undefined) return;
      letGo = true;
      abort();
    });
    signal.addEventListener("abort", abort);
    try {
      // The server sends the headers at once. A connection without them is as dead as a silent one.
      const timer = host.setTimeout(() => attempt.abort(tooLate()), longestSilence);
      const response = await request(attempt.signal).catch(() => undefined);
      host.clearTimeout(timer);
      if (!response) return letGo ? "let go" : "lost";
      if (isSignIn(response)) return { type: "signed-out" };
      const streams = response.status === 200 && response.headers.get("Content-Type")?.startsWith("text/event-stream");
      if (!streams || !response.body) return await refusal(response);
      if (!connected) listener.connected((connected = true), false);
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
      // An earlier try may have started the answer, and a proxy answers while the server restarts: try again.
      if (!connected && status >= 500) return "lost";
      return { type: "refused", problem: await readProblem(response, host) };
    }
    if (status === 204) return { type: "ended" };
    return isFinal(status) ? { type: "gone", status } : "lost";
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
        if (event === "unknown" || (event.type === "start" && started)) return "more";
        started ||= event.type === "start";
        listener.event(event);
        return event.type === "stop" ? "enough" : "more";
      },
      (milliseconds) => void (backoff.first = milliseconds),
    );
  }
}
