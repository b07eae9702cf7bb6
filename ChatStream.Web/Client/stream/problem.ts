/** A refusal before a stream started: problem+json where the server sent it. */
export interface Problem {
  status: number;
  title?: string;
  detail?: string;
  /** By field name. */
  errors?: Record<string, string[]>;
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
      const { title, detail, errors, generationId } = body as Record<string, unknown>;
      if (typeof title === "string") problem.title = title;
      if (typeof detail === "string") problem.detail = detail;
      if (typeof errors === "object" && errors !== null) problem.errors = errors as Record<string, string[]>;
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
