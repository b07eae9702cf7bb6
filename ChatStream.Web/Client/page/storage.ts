/** Storage can be full or forbidden; then the page works, and only forgets. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const draftKey = (conversationId: string | undefined) => `chatstream.draft.${conversationId ?? "new"}`;

/** What is typed and not sent, per conversation. */
export const drafts = {
  read: (conversationId: string | undefined) => attempt(() => localStorage.getItem(draftKey(conversationId))) ?? "",
  write(conversationId: string | undefined, text: string): void {
    const key = draftKey(conversationId);
    attempt(() => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));
  },
};
