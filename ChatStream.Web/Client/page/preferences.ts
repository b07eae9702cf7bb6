import { find } from "./dom";

const otherTabs = new BroadcastChannel("chatstream.theme");

/** Changes dark or light at once; the server remembers it for the next page. The language form loads a new page. */
export function offerPreferences(): void {
  const form = find<HTMLFormElement>(document, ".preferences");
  form.addEventListener("submit", (event) => {
    const button = event.submitter as HTMLButtonElement | null;
    if (button?.name !== "theme") return;
    event.preventDefault();
    showTheme(form, button.value);
    otherTabs.postMessage(button.value);
    const body = new URLSearchParams({ theme: button.value });
    void fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  });
  otherTabs.onmessage = ({ data }: MessageEvent<string>) => showTheme(form, data);
}

function showTheme(form: HTMLFormElement, theme: string): void {
  document.documentElement.dataset["theme"] = theme;
  find<HTMLMetaElement>(document, "meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
  for (const button of form.querySelectorAll<HTMLButtonElement>("[name=theme]"))
    button.ariaPressed = String(button.value === theme);
}

/** Tells the server the time zone, so that its pages have the user's days. */
export const tellZone = () => tell("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);

/** Tells the server which model the user chose last, so that the next new chat begins with it. */
export function rememberModel(): void {
  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target.name === "model") tell("model", target.value);
  });
}

function tell(name: string, value: string): void {
  const path = document.body.dataset["base"] ?? "/";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
  document.cookie = `chatstream.${name}=${encodeURIComponent(value)}; path=${path}; max-age=34560000; samesite=lax`;
}
