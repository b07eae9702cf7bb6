import type { Marks } from "../stream/marks";

/** Runs an action on the storage, which may be full or forbidden. The page works without it, but forgets. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const { user } = document.body.dataset;

/** The name of what only the user who has signed in may find again. Where nobody signs in, the browser is the user. */
export const own = (name: string) => `chatstream.${user ? `${user}.` : ""}${name}`;

/** Texts by ids; "" is none. */
const texts = (storage: () => Storage, prefix: string) => ({
  read: (id: string) => attempt(() => storage().getItem(prefix + id)) ?? "",
  write(id: string, text: string): void {
    attempt(() => (text ? storage().setItem(prefix + id, text) : storage().removeItem(prefix + id)));
  },
});

const draftKey = own("draft.");

/** Typed text that was not sent: of a conversation, of a message that is being edited, or of a new chat in one tab. */
export const drafts = {
  ...texts(() => localStorage, draftKey),
  ids: (): string[] =>
    (attempt(() => Object.keys(localStorage)) ?? [])
      .filter((key) => key.startsWith(draftKey))
      .map((key) => key.slice(draftKey.length)),
};

/** The files of such a message, as JSON. Of one that is being edited: only if they are others than it had. */
export const keptFiles = texts(() => sessionStorage, own("files."));

/** How answers are to be, as JSON: what was chosen and the server does not have. */
export const keptManners = texts(() => sessionStorage, own("manner."));

/** What is typed into forms, as JSON, from one page of this tab to the next one. */
export const keptTyped = texts(() => sessionStorage, own("typed."));

const stopsKey = "chatstream.stops";
const readStops = () => attempt(() => JSON.parse(sessionStorage.getItem(stopsKey) ?? "[]") as string[]) ?? [];
const writeStops = (ids: string[]) => void attempt(() => sessionStorage.setItem(stopsKey, JSON.stringify(ids)));

/** The answers that were stopped in this tab, until the server has answered the Stop. They outlive a reload. */
export const stops = {
  has: (id: string) => readStops().includes(id),
  add: (id: string) => writeStops([...readStops(), id]),
  remove: (id: string) => writeStops(readStops().filter((other) => other !== id)),
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
