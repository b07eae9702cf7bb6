import { addressOf, open, Refused, type Start, type Tools, type Trial } from "./trial";

/** What a stream of 40 events in two seconds showed. */
export interface Steady {
  /** When each event came, and when it was written, on two clocks, in milliseconds. */
  events: { arrived: number; written: number }[];
  /** From the request to the last byte, in milliseconds. */
  took: number;
  start: Start;
  headers: Headers;
  /** The version of HTTP between the browser and the first proxy, such as `h2`; empty: the browser does not tell. */
  hop: string;
}

export interface Silence {
  /** How long the stream was watched, or until it was cut, in milliseconds. */
  took: number;
  comments: number;
  isCut: boolean;
}

export interface Departure {
  /** Until the server knew that the reader had left, or gave up, in milliseconds. */
  took: number;
  isNoticed: boolean;
}

export async function steady(base: string, tools: Tools): Promise<Steady> {
  const begun = tools.now();
  const { start, response, rest } = await open(base, "steady", tools);
  const events: Steady["events"] = [];
  try {
    for await (const { at, event, data } of rest) {
      if (event === "message") events.push({ arrived: at, written: (JSON.parse(data) as { at: number }).at });
    }
  } catch {
    // It was cut. The number of events tells.
  }
  const took = tools.now() - begun;
  await tools.pause(100); // until the browser has written down how it was loaded
  return { events, took, start, headers: response.headers, hop: hopOf(response.url) };
}

/** The time from the wish to stop until the stream has ended, in milliseconds; undefined: it did not. */
export async function stop(base: string, tools: Tools): Promise<number | undefined> {
  const trial = await open(base, "silent", tools);
  const begun = tools.now();
  try {
    const ended = (async () => {
      for await (const { event } of trial.rest) if (event === "stop") return true;
      return false;
    })();
    const { status } = await tools.fetch(addressOf(base, trial.start, "/stop"), { method: "POST" });
    const isOver = await Promise.race([ended, tools.pause(5_000).then(() => false)]);
    return status === 204 && isOver ? tools.now() - begun : undefined;
  } catch {
    return undefined;
  } finally {
    trial.leave();
  }
}

/** Watches a stream on which nothing but comments come. The stream stays open, so that its reader can leave. */
export async function silence(base: string, length: number, tools: Tools): Promise<{ trial: Trial; seen: Silence }> {
  const trial = await open(base, "silent", tools);
  const begun = tools.now();
  let comments = 0;
  const cut = (async () => {
    try {
      for await (const { event } of trial.rest) if (event === "") comments++;
    } catch {
      // Cut, or left.
    }
    return true;
  })();
  const isCut = await Promise.race([cut, tools.pause(length).then(() => false)]);
  return { trial, seen: { took: tools.now() - begun, comments, isCut } };
}

/** Leaves, and asks until the server knows it. A proxy may learn of it only when the next comment comes. */
export async function departure(base: string, trial: Trial, tools: Tools): Promise<Departure> {
  trial.leave();
  const begun = tools.now();
  const longest = (2 * trial.start.keepAlive + 2) * 1_000;
  for (;;) {
    const took = tools.now() - begun;
    if ((await stateOf(base, trial.start, tools)) !== "open") return { took, isNoticed: true };
    if (took > longest) return { took, isNoticed: false };
    await tools.pause(took < 1_000 ? 100 : 500);
  }
}

async function stateOf(base: string, start: Start, tools: Tools): Promise<string> {
  try {
    const response = await tools.fetch(addressOf(base, start), { cache: "no-store" });
    if (!response.ok) throw new Refused(response.status);
    return ((await response.json()) as { state: string }).state;
  } catch {
    return "open"; // not known yet
  }
}

function hopOf(url: string): string {
  const loaded = performance.getEntriesByName(url, "resource").at(-1) as PerformanceResourceTiming | undefined;
  return loaded?.nextHopProtocol ?? "";
}
