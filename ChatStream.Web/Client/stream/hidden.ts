import { type Host, pause } from "./host";
import { readJson } from "./json";

/** Above a look into another tab. */
export const longHidden = 30_000;

/** Below what the server lets an answer run without a reader, with room for browsers that slow the timers of hidden tabs. */
export const pollInterval = 60_000;

/**
 * A tab that nobody sees lets go of its stream: over plain HTTP a browser has six connections to a server, for all of its
 * tabs together.
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

/** Asks now and then whether the answer still runs, which also counts as reading it; until it does not, or the tab is seen. */
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
    // A failed answer has the status of its failure; what a proxy says has no state.
    return answer?.status === 404 || (answer?.body as { state?: unknown } | null | undefined)?.state === "ended";
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", abort);
  }
}
