import type { StartRequest } from "../stream/session";
import { attempt } from "./storage";

/** The last start of this tab. It outlives a reload, so that nothing is lost and nothing sent twice under two keys. */
export interface PendingStart extends StartRequest {
  path: string;
  /** The last message shown when it was sent: if another is there after a reload, the server had got it. */
  leaf: string | undefined;
  /**
   * `sent`: nobody knows yet. `dropped`: given up or refused; sent again unchanged, it keeps its key. `confirmed`: kept all
   * the same, for it may have been confirmed to a document that was already being reloaded under its old address.
   */
  state: "sent" | "dropped" | "confirmed";
}

const place = "chatstream.pending";

const read = () => attempt(() => JSON.parse(sessionStorage.getItem(place) ?? "null") as PendingStart | null);

function store(pending: PendingStart): PendingStart {
  attempt(() => sessionStorage.setItem(place, JSON.stringify(pending)));
  return pending;
}

export function beginStart(body: StartRequest["body"], leaf: string | undefined): PendingStart {
  const kept = read();
  const same = kept && kept.state !== "confirmed" && JSON.stringify(kept.body) === JSON.stringify(body);
  return store({ key: same ? kept.key : newKey(), body, path: location.pathname, leaf, state: "sent" });
}

/** Goes on under the key that a reload interrupted, whether or not that was confirmed meanwhile. */
export const resumeStart = (pending: PendingStart) => store({ ...pending, state: "sent" });

export const dropStart = (pending: PendingStart) => void store({ ...pending, state: "dropped" });

export const confirmStart = (pending: PendingStart) => void store({ ...pending, state: "confirmed" });

export const forgetStart = () => void attempt(() => sessionStorage.removeItem(place));

/** The start that a reload of this page interrupted. */
export function interruptedStart(): PendingStart | undefined {
  const pending = read();
  if (pending && pending.state !== "dropped" && pending.path === location.pathname && reloaded()) return pending;
  if (pending?.state === "confirmed") forgetStart();
  return undefined;
}

export function reloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.type !== "navigate";
}

/** Not `crypto.randomUUID`, which a plain-HTTP host name does not have. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
