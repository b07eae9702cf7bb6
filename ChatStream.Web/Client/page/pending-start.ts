import type { StartRequest } from "../stream/session";
import { randomId } from "./random";
import { attempt, own } from "./storage";

/** The last start of this tab. It survives a reload, so that no message is lost and none is sent under two keys. */
export interface PendingStart extends StartRequest {
  path: string;
  /** The last message that was shown when it was sent. */
  leaf: string | undefined;
  /**
   * `sent`: the server has not confirmed it. `dropped`: cancelled or refused; if it is sent again unchanged, it keeps its key.
   * `confirmed`: the server has it. It is kept for a new chat only, because the page may have been reloading under its old
   * address already.
   */
  state: "sent" | "dropped" | "confirmed";
}

const place = own("pending");

/** The same in memory, for browsers that forbid the storage. */
let kept: PendingStart | undefined;

const read = () => kept ?? attempt(() => JSON.parse(sessionStorage.getItem(place) ?? "null") as PendingStart | null);

function store(pending: PendingStart): PendingStart {
  kept = pending;
  // A start that does not fit must not leave an older one there.
  attempt(() => sessionStorage.removeItem(place));
  attempt(() => sessionStorage.setItem(place, JSON.stringify(pending)));
  return pending;
}

export function beginStart(body: StartRequest["body"], leaf: string | undefined): PendingStart {
  const last = read();
  const same = last && last.state !== "confirmed" && JSON.stringify(last.body) === JSON.stringify(body);
  return store({ key: same ? last.key : randomId(), body, path: location.pathname, leaf, state: "sent" });
}

/** Sends a start again under its key after a reload, whether or not the server had confirmed it. */
export const resumeStart = (pending: PendingStart) => store({ ...pending, state: "sent" });

export function dropStart(pending: PendingStart): void {
  if (isLast(pending)) store({ ...pending, state: "dropped" });
}

/** In an existing conversation, a reload finds the answer on the server's page: repeating the start could only go wrong. */
export function confirmStart(pending: PendingStart): void {
  if (!isLast(pending)) return;
  if (pending.body.conversationId) forgetStart();
  else store({ ...pending, state: "confirmed" });
}

/** False if another message was sent meanwhile, from a conversation that was opened in this page. */
const isLast = ({ key }: PendingStart) => read()?.key === key;

export function forgetStart(): void {
  kept = undefined;
  attempt(() => sessionStorage.removeItem(place));
}

/** Forgets a start that the server has, because the page leaves its conversation. */
export function forgetConfirmed(): void {
  if (read()?.state === "confirmed") forgetStart();
}

/** The start that a reload of this page interrupted, if any. */
export function interruptedStart(): PendingStart | undefined {
  const pending = read();
  if (pending && pending.state !== "dropped" && pending.path === location.pathname && reloaded()) return pending;
  forgetConfirmed();
  return undefined;
}

export function reloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.type !== "navigate";
}
