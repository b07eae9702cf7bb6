/** What the stream needs of the world around it, so that a test can be that world. */
export interface Host {
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): number;
  random(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Whether nobody can see the page. */
  readonly hidden: boolean;
  onSignal(listener: (signal: Signal) => void): () => void;
}

/**
 * `wake`: the network or the reader is back, do not sit out the delay. `hide`: nobody can see the page any more. `sleep`: the
 * page is put away, let go of the connection, which would not survive and would keep the page out of the back/forward cache.
 */
export type Signal = "wake" | "hide" | "sleep";

/** Waits, but not past a wake-up or an abort. */
export function pause(host: Host, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      host.clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = host.setTimeout(done, milliseconds);
    const unsubscribe = host.onSignal((kind) => kind === "wake" && done());
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
