import { Backoff } from "./backoff";
import { type Host, pause, tooLate } from "./host";
import { isFinal } from "./problem";
import { isSignIn } from "./sign-in";

/** How long the server may take, and the longest delay between two attempts, in milliseconds. */
const longestWait = 20_000;
const longestDelay = 5_000;

/** How long the page waits for the end of an answer that is to be stopped, in milliseconds. Then the user may go on. */
export const patience = 10_000;

/** Asks the server to stop an answer, again and again until it has answered. The signal means that the answer has ended. */
export async function stopAnswer(url: string, host: Host, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(host.random, 500, longestDelay);
  while (!signal.aborted && !(await isAnswered(url, host, signal))) await pause(host, backoff.next(), signal);
}

async function isAnswered(url: string, host: Host, signal: AbortSignal): Promise<boolean> {
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timer = host.setTimeout(() => attempt.abort(tooLate()), longestWait);
  signal.addEventListener("abort", abort);
  try {
    const response = await host.fetch(url, { method: "POST", signal: attempt.signal });
    return !isSignIn(response) && (response.ok || isFinal(response.status));
  } catch {
    return false;
  } finally {
    host.clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
