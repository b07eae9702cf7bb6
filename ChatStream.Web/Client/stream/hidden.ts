import { type Host, pause } from "./host";
import { readJson } from "./json";

/** Longer than a short look into another tab, in milliseconds. */
export const longHidden = 30_000;

/**
 * In milliseconds. Shorter than the server lets an answer run without a reader, with room for browsers that slow down the
 * timers of hidden tabs.
 */
export const pollInterval = 60_000;

/**
 * Calls `letGo` once the tab has been hidden for `longHidden`. A hidden tab gives up its stream, because over plain HTTP a
 * browser has only six connections to a server for all of its tabs.
 */
export function whenLongHidden(host: Host, letGo: () => void): () => void {
  let timer: unknown;
  const seen = () => {
    host.clearTimeout(timer);
    timer = undefined;
  };
  const unsubscribe = host.onSignal(() => (host.hidden ? hidden() : seen()));
  if (host.hidden) hidden();
  return () => {
    unsubscribe();
    seen();
  };

  function hidden() {
    timer ??= host.setTimeout(letGo, longHidden);
  }
}

/** Polls until the answer has ended or the tab is visible. For the server, a poll counts as a reader. */
export async function pollWhileHidden(url: string, host: Host, signal: AbortSignal): Promise<void> {
  while (host.hidden && !signal.aborted) {
    await pause(host, pollInterval, signal);
    if (host.hidden && !signal.aborted && (await isOver(url, host, signal))) return;
  }
}

async function isOver(url: string, host: Host, signal: AbortSignal): Promise<boolean> {
  const seen = new AbortController();
  const abort = () => seen.abort();
  const unsubscribe = host.onSignal((kind) => kind === "wake" && !host.hidden && abort());
  signal.addEventListener("abort", abort);
  try {
    const answer = await readJson(url, host, seen.signal);
    // An error page of a proxy has no state.
    return answer?.status === 404 || (answer?.body as { state?: unknown } | null | undefined)?.state === "ended";
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", abort);
  }
}
