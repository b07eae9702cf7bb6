export interface Durations {
  /** "1,234": a whole number. */
  number(value: number): string;
  /** "12 s", "1:05", "24:00:00". */
  duration(seconds: number): string;
}

/** Whole numbers and durations as text. Same as in `_Message.cshtml`. @param inSeconds Puts a number into "{0} s". */
export function durations(language: string, inSeconds: (value: string) => string): Durations {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const number = (value: number) => whole.format(value);

  function duration(seconds: number): string {
    if (seconds < 60) return inSeconds(number(seconds));
    const all = Math.floor(seconds);
    const parts = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
    if (parts[0] === 0) parts.shift();
    return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
  }

  return { number, duration };
}
