/** What this browser remembers of conversations: seen running, or finished since and not looked at. */
export type Marks = Readonly<Record<string, "running" | "unread">>;

/** @param seen The conversation that somebody looks at. */
export function mark(marks: Marks, rows: readonly { id: string; running: boolean }[], seen: string | undefined): Marks {
  const next: Record<string, "running" | "unread"> = { ...marks };
  for (const { id, running } of rows) {
    if (running) next[id] = "running";
    else if (id === seen) delete next[id];
    else if (next[id] === "running") next[id] = "unread";
  }
  return next;
}
