import type { StartRequest } from "../stream/session";
import { attempt } from "./storage";

/** A start that the server has not confirmed yet. It outlives a reload, so that nothing is sent twice under two keys. */
export interface PendingStart extends StartRequest {
  path: string;
  /** The last message shown when it was sent: if another is there after a reload, the server had got it. */
  leaf: string | undefined;
  /** A reload goes on with it. Given up or refused, it only keeps its key for the same body. */
  live: boolean;
}

const place = "chatstream.pending";

const read = () => attempt(() => JSON.parse(sessionStorage.getItem(place) ?? "null") as PendingStart | null);
const write = (pending: PendingStart) => attempt(() => sessionStorage.setItem(place, JSON.stringify(pending)));

export function beginStart(body: StartRequest["body"], leaf: string | undefined): PendingStart {
  const kept = read();
  const key = kept && JSON.stringify(kept.body) === JSON.stringify(body) ? kept.key : newKey();
  const pending = { key, body, path: location.pathname, leaf, live: true };
  write(pending);
  return pending;
}

export const giveUpStart = (pending: PendingStart) => void write({ ...pending, live: false });

export const confirmStart = () => void attempt(() => sessionStorage.removeItem(place));

/** The start that a reload of this page interrupted. */
export function interruptedStart(): PendingStart | undefined {
  const pending = read();
  return pending?.live && pending.path === location.pathname && reloaded() ? pending : undefined;
}

export function reloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.type !== "navigate";
}

/** Not `crypto.randomUUID`, which a plain-HTTP host name does not have. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
