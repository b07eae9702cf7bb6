import type { Failure, FinishReason } from "../stream/events";

/**
 * The key of the words for an end: its finish reason, or `failed.` and the code of the failure, or `filtered.` and what was
 * filtered. Same as `Ending.KeyOf`.
 */
export function endingKey(finish: FinishReason, failure: Pick<Failure, "code" | "of" | "withdrawn"> | undefined): string {
  const detail =
    finish === "failed" ? failure?.code : finish === "filtered" ? (failure?.withdrawn ? "withdrawn" : failure?.of) : undefined;
  return detail ? `${finish}.${detail}` : finish;
}
