import { type Host, tooLate } from "./host";
import { isSignIn } from "./sign-in";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** Reads a JSON response of any status. Undefined if the response is not JSON or not the server's, or does not come in time. */
export async function readJson(
  url: string,
  host: Host,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown } | undefined> {
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timer = host.setTimeout(() => attempt.abort(tooLate()), longestWait);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    const response = await host.fetch(url, {
      headers: { "Accept": "application/json" },
      cache: "no-store",
      signal: attempt.signal,
    });
    if (isSignIn(response)) return undefined;
    return { status: response.status, body: await response.json() };
  } catch {
    return undefined;
  } finally {
    host.clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
