import { isNewcomer } from "./connection";
import type { Host } from "./host";

/** Why a request was refused before a stream started: the server's problem+json, if it sent one. */
export interface Problem {
  status: number;
  /** The page has words for it. */
  code?: string;
  /** The numbers in those words. */
  numbers?: number[];
  /** 409: the answer that is still running. */
  generationId?: string;
  /** Seconds until the same request may succeed. */
  retryAfter?: number;
  /** The server did not know this browser: its cookie is gone. */
  isNewcomer?: true;
}

export async function readProblem(response: Response, host: Host): Promise<Problem> {
  const problem: Problem = { status: response.status };
  if (isNewcomer(response)) problem.isNewcomer = true;
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null) {
      const { code, numbers, generationId } = body as Record<string, unknown>;
      if (typeof code === "string") problem.code = code;
      if (Array.isArray(numbers)) problem.numbers = numbers.map(Number);
      if (typeof generationId === "string") problem.generationId = generationId;
    }
  } catch {
    // Not JSON, such as an error page of a proxy: the status is all there is.
  }
  const retryAfter = readRetryAfter(response.headers.get("Retry-After"), host);
  if (retryAfter !== undefined) problem.retryAfter = retryAfter;
  return problem;
}

/** True if sending the same request again cannot change the answer. */
export const isFinal = (status: number) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** In seconds. A longer wait is not believed: the user may try again after this. */
const longestWait = 3_600;

export const believable = (seconds: number) => Math.min(longestWait, Math.max(0, Math.ceil(seconds)));

/** The header has seconds or a date; the result is in seconds. */
function readRetryAfter(header: string | null, host: Host): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return believable(Number(header));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : believable((date - host.date()) / 1_000);
}
