/** A host for tests: its clock is moved by hand, and its server is a list of responses. */

import type { StreamEvent } from "./events";
import type { Host, Signal } from "./host";
import type { Listener } from "./session";

export const G = "AAAAbbbbCCCC-_12";

export interface Request {
  url: string;
  method: string;
  headers: Headers;
  body: string | undefined;
}

type Answering = (request: Request, signal: AbortSignal) => Response | Promise<Response>;

export class FakeHost implements Host {
  readonly requests: Request[] = [];
  readonly delays: number[] = [];
  #time = 0;
  #timers = new Map<number, { at: number; callback: () => void }>();
  #count = 0;
  #listeners = new Set<(signal: Signal) => void>();
  hidden = false;
  online = true;

  constructor(private readonly answers: Answering[]) {}

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const request = {
      url,
      method: init.method ?? "GET",
      headers: new Headers(init.headers),
      body: init.body as string | undefined,
    };
    this.requests.push(request);
    const answer = this.answers.shift();
    if (!answer) throw new Error("one request too many");
    return answer(request, init.signal!);
  }

  now = () => this.#time;
  date = () => Date.UTC(2026, 0, 1) + this.#time;
  random = () => 1;

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.delays.push(milliseconds);
    this.#timers.set(++this.#count, { at: this.#time + milliseconds, callback });
    return this.#count;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  onSignal(listener: (signal: Signal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  noteWait = () => () => {};

  signal(kind: Signal): void {
    for (const listener of [...this.#listeners]) listener(kind);
  }

  hide(): void {
    this.hidden = true;
    this.signal("hide");
  }

  show(): void {
    this.hidden = false;
    this.signal("wake");
  }

  get idle(): boolean {
    return this.#timers.size === 0 && this.#listeners.size === 0;
  }

  /** Runs everything that waits for a promise, then moves the clock and runs the timers that are due. */
  async advance(milliseconds: number): Promise<void> {
    await settle();
    const until = this.#time + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#time = due[1].at;
      due[1].callback();
      await settle();
    }
    this.#time = until;
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediateLike(resolve));
}

// A message channel gives a macrotask. Streams of Node.js need several rounds of microtasks to settle.
function setImmediateLike(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
}

export class Recorder implements Listener {
  readonly events: StreamEvent[] = [];
  readonly connections: boolean[] = [];
  event = (event: StreamEvent) => void this.events.push(event);
  readonly unsent: boolean[] = [];
  connected = (connected: boolean, unsent: boolean) => {
    this.connections.push(connected);
    this.unsent.push(unsent);
  };

  get text(): string {
    return this.events.reduce((t, e) => (e.type === "text" ? t + e.text : e.type === "snapshot" ? e.text : t), "");
  }
}

export const bytes = (text: string) => new TextEncoder().encode(text);

/** A response with a body of these chunks, which then ends, breaks or stays open. */
export function stream(chunks: (string | Uint8Array)[], then: "end" | "break" | "open" = "end"): Answering {
  return (_, signal) => {
    const rest = [...chunks];
    const body = new ReadableStream<Uint8Array>({
      start: (controller) =>
        signal.addEventListener("abort", () => {
          try {
            controller.error(new Error("aborted"));
          } catch {
            /* already over */
          }
        }),
      pull(controller) {
        const chunk = rest.shift();
        if (chunk !== undefined) controller.enqueue(typeof chunk === "string" ? bytes(chunk) : chunk);
        else if (then === "end") controller.close();
        else if (then === "break") controller.error(new Error("reset"));
        else return new Promise<void>(() => {});
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
}

export const status =
  (code: number, body?: unknown, headers: Record<string, string> = {}): Answering =>
  () =>
    new Response(body === undefined ? null : JSON.stringify(body), { status: code, headers });

export const unreachable: Answering = () => Promise.reject(new TypeError("Failed to fetch"));

const start = { generationId: G, conversationId: "c", messageId: "m", parentId: "p", model: "demo", title: "Hi" };

/** The frames of an answer whose text arrives in these pieces. */
export function frames(pieces: string[]): string[] {
  return numbered("", [
    ["event: start\nretry: 1000\n", JSON.stringify(start)],
    ...pieces.map((text): [string, string] => ["", JSON.stringify({ text })]),
    ["event: finish\n", '{"reason":"completed"}'],
    ["event: stop\n", "stopped"],
  ]);
}

/** The frames of an answer whose log is gone. */
export function storedFrames(text: string): string[] {
  return numbered("s", [
    ["event: start\nretry: 1000\n", JSON.stringify(start)],
    ["event: snapshot\n", JSON.stringify({ text })],
    ["event: finish\n", '{"reason":"interrupted"}'],
    ["event: stop\n", "stopped"],
  ]);
}

function numbered(kind: "" | "s", all: [string, string][]): string[] {
  return all.map(([head, data], n) => `${head}data: ${data}\nid: ${G}.${kind}${n}\n\n`);
}
