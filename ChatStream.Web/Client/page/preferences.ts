import { find } from "./dom";
import { showEnter } from "./enter";

const root = document.documentElement;
const otherTabs = new BroadcastChannel("chatstream.preferences");

/** Applies a preference to this page. The server's markup of `html` has all of them. */
export function prefer(name: string, value: string): void {
  root.dataset[name] = value;
  if (name === "theme")
    find<HTMLMetaElement>(document, "meta[name=color-scheme]").content = value === "auto" ? "light dark" : value;
  showEnter();
}

otherTabs.onmessage = ({ data: [name, value] }: MessageEvent<[string, string]>) => prefer(name, value);

/** Applies a preference to this page and to those of the other tabs. */
export function preferEverywhere(name: string, value: string): void {
  prefer(name, value);
  otherTabs.postMessage([name, value]);
}

/** Tells the server the time zone, so that its pages have the user's days. */
export const tellZone = () => remember("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);

/** Tells the server which model the user chose last, so that the next new chat begins with it. */
export function rememberModel(): void {
  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target.name === "model") remember("model", target.value);
  });
}

/** Keeps something for the server, which reads it with the next page. */
export function remember(name: string, value: string): void {
  const path = document.body.dataset["base"] ?? "/";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
  document.cookie = `chatstream.${name}=${encodeURIComponent(value)}; path=${path}; max-age=34560000; samesite=lax`;
}
