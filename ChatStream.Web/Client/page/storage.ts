import type { Marks } from "../stream/marks";

/** Runs an action on the storage, which may be full or forbidden. The page works without it, but forgets. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const draftKey = (id: string | undefined) => `chatstream.draft.${id ?? "new"}`;

/** Typed text that was not sent: of a conversation, or of a message that is being edited. */
export const drafts = {
  read: (id: string | undefined) => attempt(() => localStorage.getItem(draftKey(id))) ?? "",
  write(id: string | undefined, text: string): void {
    const key = draftKey(id);
    attempt(() => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));
  },
};

const marksKey = "chatstream.marks";

/** Which conversations have an answer that the user has not read. */
export const marks = {
  read: () => attempt(() => JSON.parse(localStorage.getItem(marksKey) ?? "{}") as Marks) ?? {},
  write: (value: Marks) => {
    const text = JSON.stringify(value);
    attempt(() => localStorage.getItem(marksKey) !== text && localStorage.setItem(marksKey, text));
  },
  onChange: (listener: () => void) => addEventListener("storage", ({ key }) => key === marksKey && listener()),
};
