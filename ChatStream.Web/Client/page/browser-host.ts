import type { Host } from "../stream/host";
import { request } from "./request";

export const browserHost: Host = {
  fetch: request,
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clearTimeout: (timer) => window.clearTimeout(timer as number),
  get hidden() {
    return document.hidden;
  },
  onSignal(listener) {
    const over = new AbortController();
    const options = { signal: over.signal };
    const wake = () => listener("wake");
    addEventListener("online", wake, options);
    addEventListener("pageshow", wake, options);
    addEventListener("pagehide", () => listener("sleep"), options);
    document.addEventListener("visibilitychange", () => listener(document.hidden ? "hide" : "wake"), options);
    return () => over.abort();
  },
};
