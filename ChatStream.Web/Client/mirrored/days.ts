const oneDay = 86_400_000;

/** Under which day of the reader's a conversation is listed, as the server's `Days` says it; a month is "2026-11". */
export function dayOf(time: Date, now: Date): string {
  // Days of the calendar, some of which have 23 hours or 25.
  const number = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / oneDay;
  const ago = number(now) - number(time);
  if (ago <= 0) return "today";
  if (ago === 1) return "yesterday";
  if (ago <= 7) return "week";
  if (ago <= 30) return "month";
  return `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, "0")}`;
}
