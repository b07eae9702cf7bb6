import type { FailureCode, FinishReason } from "../stream/events";

/** The key of the words for an end: its finish reason, or `failed.` and the code of the failure. Same as `Ending.KeyOf`. */
export const endingKey = (finish: FinishReason, code: FailureCode | undefined): string =>
  finish === "failed" && code ? `failed.${code}` : finish;
