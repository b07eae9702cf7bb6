import type { Cost } from "../stream/events";

export interface Durations {
  /** "1.20 USD", "0.0012 USD": below one with two digits after the zeros. */
  cost(cost: Cost): string;
  /** "1,234": a whole number. */
  number(value: number): string;
  /** "12 s", "1:05", "24:00:00". */
  duration(seconds: number): string;
  /** A measured time: "0.6 s"; from 9.95 seconds on, same as `duration`. */
  measured(seconds: number): string;
}

/** Numbers and durations as text. Same as in `_Message.cshtml`. @param inSeconds Puts a number into "{0} s". */
export function durations(language: string, inSeconds: (value: string) => string): Durations {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const number = (value: number) => whole.format(value);

  function duration(seconds: number): string {
    if (seconds < 60) return inSeconds(number(seconds));
    const all = Math.floor(seconds);
    const parts = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
    if (parts[0] === 0) parts.shift();
    return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
  }

  const measured = (seconds: number) => (seconds < 9.95 ? inSeconds(tenths.format(seconds)) : duration(seconds));

  function cost({ amount, currency }: Cost): string {
    const exponent = Number(amount.toExponential().split("e")[1]);
    const decimals = amount > 0 ? Math.min(9, Math.max(2, 1 - exponent)) : 2;
    const format = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return `${format.format(amount)} ${currency}`;
  }
  return { cost, number, duration, measured };
}
