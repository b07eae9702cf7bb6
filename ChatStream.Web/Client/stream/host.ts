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
  /** False while the browser says that it has no network. */
  readonly online: boolean;
  onSignal(listener: (signal: Signal) => void): () => void;
  /** Notes that the next attempt comes after this many milliseconds. Returns a function that takes the note back. */
  noteWait(milliseconds: number): () => void;
}

/**
 * `wake`: the network is back, the page is visible again, or the user wants it now; do not wait longer. `hide`: the page is no
 * longer visible. `sleep`: the user leaves the page. Close the connection: it would not survive, and it would keep the page
 * out of the back/forward cache. `offline`: the browser has lost its network.
 */
export type Signal = "wake" | "hide" | "sleep" | "offline";

/** Waits until the time is over, or until a `wake` or an abort. */
export function pause(host: Host, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      host.clearTimeout(timer);
      unsubscribe();
      forget();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = host.setTimeout(done, milliseconds);
    const unsubscribe = host.onSignal((kind) => kind === "wake" && done());
    const forget = host.noteWait(milliseconds);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/** The reason for which a request is aborted whose response does not come. Other aborts are the page's own wish. */
export const tooLate = () => new DOMException("The response did not come in time", "TimeoutError");

export const isTooLate = (signal: AbortSignal | null | undefined) =>
  (signal?.reason as Error | undefined)?.name === "TimeoutError";
