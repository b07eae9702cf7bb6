import type { StartRequest } from "../stream/session";

/** Storage can be full or forbidden; then the page works, and only forgets. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** What is typed and not sent, per conversation. */
export const drafts = {
  read: (conversationId: string | undefined) => attempt(() => localStorage.getItem(draftKey(conversationId))) ?? "",
  write(conversationId: string | undefined, text: string): void {
    attempt(() => text ? localStorage.setItem(draftKey(conversationId), text) : localStorage.removeItem(draftKey(conversationId)));
  },
};

const draftKey = (conversationId: string | undefined) => `chatstream.draft.${conversationId ?? "new"}`;

export interface PendingStart extends StartRequest {
  path: string;
  /** The last message shown when it was sent: if another is there after a reload, the server had got it. */
  leaf: string | undefined;
  /** Nobody gave it up: a reload goes on with it. Given up or refused, it keeps its key for the same body. */
  live: boolean;
}

const pendingKey = "chatstream.pending";

/** The start that nobody has confirmed yet. */
export const pendingStart = {
  read(): PendingStart | undefined {
    return attempt(() => JSON.parse(sessionStorage.getItem(pendingKey) ?? "null") as PendingStart | null) ?? undefined;
  },
  write: (pending: PendingStart) => void attempt(() => sessionStorage.setItem(pendingKey, JSON.stringify(pending))),
  clear: () => void attempt(() => sessionStorage.removeItem(pendingKey)),
};

/** Not `crypto.randomUUID`, which a plain-HTTP host name does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
