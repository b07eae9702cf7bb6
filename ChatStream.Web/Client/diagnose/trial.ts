import { type Block, blocks } from "./blocks";

/** The first frame of a trial stream. */
export interface Start {
  id: string;
  instance: string;
  events: number;
  every: number;
  keepAlive: number;
  request: { protocol: string; proxies: string[] };
}

/** A stream that is open, behind its first frame. */
export interface Trial {
  response: Response;
  start: Start;
  /** The blocks after the first frame. They end with the stream, and throw where it is cut. */
  rest: AsyncGenerator<Block>;
  /** Closes the connection. */
  leave(): void;
}

/** Why a stream could not be opened. 0: no response came, or it was no stream. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`Refused with ${status}`);
  }
}

/** What measures needs of the browser. */
export interface Tools {
  fetch: typeof fetch;
  now: () => number;
  pause: (milliseconds: number) => Promise<void>;
}

/** How long a response, and its first frame, may take. Behind a proxy that holds back a short stream, it has then ended. */
const patience = 20_000;

export async function open(base: string, kind: "steady" | "silent", tools: Tools): Promise<Trial> {
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(), patience);
  try {
    const response = await tools.fetch(`${base}diagnose/stream?kind=${kind}`, {
      method: "POST",
      headers: { Accept: "text/event-stream" },
      signal: controller.signal,
      cache: "no-store",
    });
    if (!response.ok || !response.body) throw new Refused(response.status);
    const rest = blocks(response.body, tools.now);
    const first = await rest.next();
    if (first.done || first.value.event !== "start") throw new Refused(0);
    return { response, start: JSON.parse(first.value.data) as Start, rest, leave: () => controller.abort() };
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(0);
  } finally {
    clearTimeout(limit);
  }
}

/** Where a request about the stream goes. It may reach another instance, which then passes it on. */
export const addressOf = (base: string, { id, instance }: Start, action = "") =>
  `${base}diagnose/stream/${id}${action}?instance=${instance}`;
