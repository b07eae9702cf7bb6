import { find } from "./dom";

/** Changes dark or light at once; the server remembers it for the next page. The language form loads a new page. */
export function offerPreferences(): void {
  const form = find<HTMLFormElement>(document, ".preferences");
  form.addEventListener("submit", (event) => {
    const button = event.submitter as HTMLButtonElement | null;
    if (button?.name !== "theme") return;
    event.preventDefault();
    showTheme(form, button.value);
    const body = new URLSearchParams({ theme: button.value });
    void fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  });
}

function showTheme(form: HTMLFormElement, theme: string): void {
  document.documentElement.dataset["theme"] = theme;
  find<HTMLMetaElement>(document, "meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
  for (const button of form.querySelectorAll<HTMLButtonElement>("[name=theme]"))
    button.ariaPressed = String(button.value === theme);
}

/** Tells the server the time zone, so that its pages have the user's days. */
export function tellZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const path = document.body.dataset["base"] ?? "/";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
  document.cookie = `chatstream.zone=${encodeURIComponent(zone)}; path=${path}; max-age=34560000; samesite=lax`;
}
