/** A refusal before a stream started: problem+json where the server sent it. */
export interface Problem {
  status: number;
  /** Which of the refusals that the page has words for, and the numbers in them. */
  code?: string;
  numbers?: number[];
  /** The answer that still runs, where the parent is one (409). */
  generationId?: string;
  /** Seconds. */
  retryAfter?: number;
}

export async function readProblem(response: Response, now: number): Promise<Problem> {
  const problem: Problem = { status: response.status };
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null) {
      const { code, numbers, generationId } = body as Record<string, unknown>;
      if (typeof code === "string") problem.code = code;
      if (Array.isArray(numbers)) problem.numbers = numbers.map(Number);
      if (typeof generationId === "string") problem.generationId = generationId;
    }
  } catch {
    // A proxy's HTML page: the status says what there is to say.
  }
  const retryAfter = readRetryAfter(response.headers.get("Retry-After"), now);
  if (retryAfter !== undefined) problem.retryAfter = retryAfter;
  return problem;
}

/** Seconds, or a date. */
function readRetryAfter(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000));
}
