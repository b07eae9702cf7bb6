/** What the stream needs from the browser. Tests have their own implementation. */
export interface Host {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** The time of day, in milliseconds since 1970. */
  date(): number;
  random(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** True while the page is not visible. */
  readonly hidden: boolean;
  onSignal(listener: (signal: Signal) => void): () => void;
}

/**
 * `wake`: the network is back or the page is visible again; do not wait longer. `hide`: the page is no longer visible.
 * `sleep`: the user leaves the page. Close the connection: it would not survive, and it would keep the page out of the
 * back/forward cache.
 */
export type Signal = "wake" | "hide" | "sleep";

/** Waits until the time is over, or until a `wake` or an abort. */
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
