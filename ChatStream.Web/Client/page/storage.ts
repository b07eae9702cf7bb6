import type { Marks } from "../stream/marks";

/** Storage can be full or forbidden; then the page works, and only forgets. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const draftKey = (id: string | undefined) => `chatstream.draft.${id ?? "new"}`;

/** What is typed and not sent: of a conversation, or of a message that is edited. */
export const drafts = {
  read: (id: string | undefined) => attempt(() => localStorage.getItem(draftKey(id))) ?? "",
  write(id: string | undefined, text: string): void {
    const key = draftKey(id);
    attempt(() => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));
  },
};

const marksKey = "chatstream.marks";

/** Which conversations have an answer that nobody has read yet. */
export const marks = {
  read: () => attempt(() => JSON.parse(localStorage.getItem(marksKey) ?? "{}") as Marks) ?? {},
  write: (value: Marks) => {
    const text = JSON.stringify(value);
    attempt(() => localStorage.getItem(marksKey) !== text && localStorage.setItem(marksKey, text));
  },
  onChange: (listener: () => void) => addEventListener("storage", ({ key }) => key === marksKey && listener()),
};
