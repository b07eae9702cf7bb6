const oneDay = 86_400_000;

/** The day under which a conversation is listed, in the time zone of the browser; a month is "2026-11". Same as `Days.Of`. */
export function dayOf(time: Date, now: Date): string {
  // Calendar days: some have 23 or 25 hours.
  const number = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / oneDay;
  const ago = number(now) - number(time);
  if (ago <= 0) return "today";
  if (ago === 1) return "yesterday";
  if (ago <= 7) return "week";
  if (ago <= 30) return "month";
  return `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, "0")}`;
}

/** "November 2026" for "2026-11"; undefined for a day that has a word of its own. Same as `Days.MonthOf`. */
export function monthOf(day: string, language: string): string | undefined {
  if (!/^\d/.test(day)) return undefined;
  return new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(new Date(`${day}-15T12:00`));
}
