import type { StartRequest } from "../stream/session";
import { attempt } from "./storage";

/** The last start of this tab. It survives a reload, so that no message is lost and none is sent under two keys. */
export interface PendingStart extends StartRequest {
  path: string;
  /** The last message that was shown when it was sent. If another one is last after a reload, the server had received it. */
  leaf: string | undefined;
  /**
   * `sent`: the server has not confirmed it. `dropped`: cancelled or refused; if it is sent again unchanged, it keeps its key.
   * `confirmed`: the server has it. It is kept, because the page may have been reloading under its old address already.
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

/** Sends a start again under its key after a reload, whether or not the server had confirmed it. */
export const resumeStart = (pending: PendingStart) => store({ ...pending, state: "sent" });

export const dropStart = (pending: PendingStart) => void store({ ...pending, state: "dropped" });

export const confirmStart = (pending: PendingStart) => void store({ ...pending, state: "confirmed" });

export const forgetStart = () => void attempt(() => sessionStorage.removeItem(place));

/** The start that a reload of this page interrupted, if any. */
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

/** A random key. `crypto.randomUUID` does not exist over plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
