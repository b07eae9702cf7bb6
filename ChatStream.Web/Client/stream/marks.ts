/** What this browser remembers of conversations: an answer runs, or it has ended and the user has not opened it. */
export type Marks = Readonly<Record<string, "running" | "unread">>;

/** Returns the marks after a reading of the list. @param seen The conversation that is visible now. */
export function mark(marks: Marks, rows: readonly { id: string; running: boolean }[], seen: string | undefined): Marks {
  const next: Record<string, "running" | "unread"> = { ...marks };
  for (const { id, running } of rows) {
    if (running) next[id] = "running";
    else if (id === seen) delete next[id];
    else if (next[id] === "running") next[id] = "unread";
  }
  return next;
}

/** Only the marks of conversations that exist. */
export const forget = (marks: Marks, exists: (id: string) => boolean): Marks =>
  Object.fromEntries(Object.entries(marks).filter(([id]) => exists(id)));
