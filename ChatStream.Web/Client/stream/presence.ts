import type { Host } from "./host";

/** A return to the page sends several signals; those within this time count as one. In milliseconds. */
const oneReturn = 1_000;

/** Calls `check` when the page becomes visible, and once per interval (milliseconds) while it is visible. */
export function whileSeen(host: Host, interval: () => number, check: () => void): () => void {
  let last = host.now();
  let timer = host.setTimeout(tick, interval());
  const unsubscribe = host.onSignal((kind) => {
    if (kind === "wake" && !host.hidden && host.now() - last >= oneReturn) look();
  });
  return () => {
    host.clearTimeout(timer);
    unsubscribe();
  };

  function tick() {
    if (!host.hidden) look();
    timer = host.setTimeout(tick, interval());
  }

  function look() {
    last = host.now();
    check();
  }
}
