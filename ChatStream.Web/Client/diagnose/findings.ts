import type { Departure, Silence, Steady } from "./measures";

/** What a measure means: a sentence with values, how serious it is, and what must be cured. */
export interface Finding {
  check: "arrival" | "compression" | "headers" | "browser" | "app" | "stop" | "silence" | "departure";
  state: "good" | "note" | "bad";
  /** The name of the sentence after `trial.`. */
  word: string;
  values: (number | string)[];
  /** What `Cures` has settings against. */
  fault?: Fault;
}

export type Fault = "held" | "bursts" | "compressed" | "old" | "refused" | "stop" | "silence" | "departure" | "http1";

export type ProxyKind = "nginx" | "haproxy" | "apache" | "caddy" | "iis" | "cdn";

/** Events that come within this many milliseconds have come together. */
const together = 10;

/** The first event is later than the last by this many milliseconds where all are held until the end. */
const held = 1_000;

/** A comment may be this many milliseconds late. */
const slack = 500;

export function arrival({ events, start, took }: Steady): Finding {
  if (events.length < start.events)
    return { check: "arrival", state: "bad", word: "broken", values: [seconds(took)], fault: "silence" };
  const late = lateness(events);
  const atOnce = events.filter(({ arrived }, i) => i > 0 && arrived - events[i - 1]!.arrived < together).length;
  const most = Math.round(Math.max(...late));
  if (late[0]! >= held) return { check: "arrival", state: "bad", word: "held", values: [seconds(took)], fault: "held" };
  if (atOnce >= start.events / 2) return { check: "arrival", state: "bad", word: "bursts", values: [most], fault: "bursts" };
  return { check: "arrival", state: "good", word: "one-by-one", values: [most] };
}

/** How much later than the fastest each event came, in milliseconds. */
export function lateness(events: Steady["events"]): number[] {
  const ways = events.map(({ arrived, written }) => arrived - written);
  const fastest = Math.min(...ways);
  return ways.map((way) => way - fastest);
}

export function compression({ headers }: Steady): Finding {
  const coding = headers.get("Content-Encoding") ?? "identity";
  return coding === "identity"
    ? { check: "compression", state: "good", word: "not-compressed", values: [] }
    : { check: "compression", state: "bad", word: "compressed", values: [coding], fault: "compressed" };
}

/** nginx uses X-Accel-Buffering up, so its absence is no fault. */
export function headers({ headers: all }: Steady): Finding {
  const [accel, incremental] = [all.has("X-Accel-Buffering"), all.has("Incremental")];
  const word = accel ? (incremental ? "both-headers" : "only-accel") : incremental ? "only-incremental" : "no-headers";
  return { check: "headers", state: incremental ? "good" : "note", word, values: [] };
}

export function browser({ hop }: Steady): Finding {
  if (hop === "") return { check: "browser", state: "note", word: "not-told", values: [] };
  if (hop.startsWith("http/1"))
    return { check: "browser", state: "note", word: "six-at-once", values: [named(hop)], fault: "http1" };
  return { check: "browser", state: "good", word: "value", values: [named(hop)] };
}

export function app({ start }: Steady): Finding {
  const { protocol } = start.request;
  return protocol === "HTTP/1.0"
    ? { check: "app", state: "bad", word: "value", values: [protocol], fault: "old" }
    : { check: "app", state: "good", word: "value", values: [protocol] };
}

export const stopped = (took: number | undefined): Finding =>
  took === undefined
    ? { check: "stop", state: "bad", word: "not-through", values: [], fault: "stop" }
    : { check: "stop", state: "good", word: "through", values: [Math.round(took)] };

export function silent({ took, comments, isCut }: Silence, keepAlive: number): Finding {
  if (isCut) return { check: "silence", state: "bad", word: "cut", values: [seconds(took)], fault: "silence" };
  const expected = Math.floor((took - slack) / (1_000 * keepAlive));
  return comments < expected
    ? { check: "silence", state: "bad", word: "no-comments", values: [seconds(took), comments], fault: "held" }
    : { check: "silence", state: "good", word: "survived", values: [seconds(took), comments] };
}

export const departed = ({ took, isNoticed }: Departure): Finding =>
  isNoticed
    ? { check: "departure", state: "good", word: "noticed", values: [seconds(took)] }
    : { check: "departure", state: "bad", word: "not-noticed", values: [seconds(took)], fault: "departure" };

/** Where events are held back, the answers of the other measures would say nothing. */
export const skipped = (check: Finding["check"]): Finding => ({ check, state: "note", word: "skipped", values: [] });

export const refused = (status: number): Finding =>
  status === 429
    ? { check: "arrival", state: "note", word: "too-many", values: [] }
    : status === 0
      ? { check: "arrival", state: "bad", word: "no-stream", values: [], fault: "held" }
      : { check: "arrival", state: "bad", word: "refused", values: [status], fault: "refused" };

/** The proxies that headers give away. HAProxy leaves no trace, but only it holds back each packet for 200 ms. */
export function proxies({ start, headers: all }: Steady, faults: Fault[]): Set<ProxyKind> {
  const found = new Set(start.request.proxies as ProxyKind[]);
  const server = `${all.get("Server")} ${all.get("Via")}`.toLowerCase();
  const marks: [ProxyKind, RegExp][] = [
    ["nginx", /nginx|openresty/],
    ["apache", /apache/],
    ["caddy", /caddy/],
    ["iis", /iis|arr\//],
    ["cdn", /cloudflare|cloudfront|akamai|fastly|varnish/],
  ];
  for (const [proxy, mark] of marks) if (mark.test(server)) found.add(proxy);
  if (all.has("CF-Ray") || all.has("X-Azure-Ref") || all.has("X-Amz-Cf-Id")) found.add("cdn");
  if (faults.includes("bursts")) found.add("haproxy");
  return found;
}

const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;

const named = (hop: string) => (hop.startsWith("h2") ? "HTTP/2" : hop.startsWith("h3") ? "HTTP/3" : hop.toUpperCase());
