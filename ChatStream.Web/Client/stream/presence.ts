import type { Host } from "./host";

/** Several signals come with one return to a page. */
const oneReturn = 1_000;

/** Checks when the page is seen again, and now and then for as long as it is. */
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
