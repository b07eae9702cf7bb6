import type { Cost } from "../stream/events";
import type { Durations } from "./durations";

export interface Measures {
  /** "1.20 USD", "0.0012 USD": below one with two digits after the zeros. */
  cost(cost: Cost): string;
  /** A measured time: "0.6 s"; from 9.95 seconds on, as a duration. */
  measured(seconds: number): string;
}

/** Costs and measured times as text. Same as in `_Message.cshtml`. @param inSeconds Puts a number into "{0} s". */
export function measures(language: string, inSeconds: (value: string) => string, duration: Durations["duration"]): Measures {
  const digits = (count: number) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: count, maximumFractionDigits: count });
  const tenths = digits(1);

  const measured = (seconds: number) => (seconds < 9.95 ? inSeconds(tenths.format(seconds)) : duration(seconds));

  function cost({ amount, currency }: Cost): string {
    const exponent = Number(amount.toExponential().split("e")[1]);
    return `${digits(amount > 0 ? Math.min(9, Math.max(2, 1 - exponent)) : 2).format(amount)} ${currency}`;
  }
  return { cost, measured };
}
