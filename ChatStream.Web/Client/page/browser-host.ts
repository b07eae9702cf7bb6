import type { Host } from "../stream/host";

/** By this the server knows that a request is the page's own. */
export const pageHeader = { "X-ChatStream-Page": "1" };

export const browserHost: Host = {
  // Followed, a redirect to a sign-in page on another site would look like a lost connection.
  async fetch(url, init) {
    const headers = { ...pageHeader, ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    const warning = response.headers.get("ChatStream-Budget");
    if (warning) dispatchEvent(new CustomEvent("budget", { detail: warning }));
    return response;
  },
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clearTimeout: (timer) => window.clearTimeout(timer as number),
  get hidden() {
    return document.hidden;
  },
  get online() {
    return navigator.onLine;
  },
  onSignal(listener) {
    const over = new AbortController();
    const options = { signal: over.signal };
    const wake = () => listener("wake");
    addEventListener("online", wake, options);
    addEventListener("offline", () => listener("offline"), options);
    addEventListener("pageshow", wake, options);
    addEventListener("pagehide", () => listener("sleep"), options);
    document.addEventListener("visibilitychange", () => listener(document.hidden ? "hide" : "wake"), options);
    return () => over.abort();
  },
  noteWait: () => () => {},
};
