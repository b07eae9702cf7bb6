import { closeBeside } from "./beside";
import { announce, find, preferEverywhere, routes } from "./given";
import { styled } from "./style";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

// Functions, because the first script gives `routes` after this one was loaded.
const settingsPage = () => `${routes.newChat}settings`;
const preferencesForm = () => `${routes.newChat}preferences`;

let isOpening = false;

/** Shows the page of the settings in a dialog. If it does not come, the browser goes there. */
export async function openSettings(): Promise<void> {
  if (isOpening || document.querySelector("dialog[open]")) return;
  isOpening = true;
  const [page] = await Promise.all([read("GET", settingsPage()), styled("settings")]);
  isOpening = false;
  const settings = page?.querySelector<HTMLElement>(".settings");
  if (!settings) return location.assign(settingsPage());
  const dialog = dialogOf(document.importNode(settings, true));
  closeBeside(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("change", ({ target }) => change(target as HTMLInputElement | HTMLSelectElement));
  dialog.addEventListener("submit", (event) => submit(event, dialog));
  document.body.append(dialog);
  dialog.showModal();
}

/** The answer leads to a page, which is not followed. */
async function tell(body: URLSearchParams): Promise<void> {
  await fetch(preferencesForm(), { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}

/** Closes the notice without a new page. */
export function closeNotice(button: HTMLElement): void {
  const body = new URLSearchParams({ notice: (button as HTMLButtonElement).value });
  void tell(body);
  button.closest(".banner")?.remove();
  find(document, "#message").focus({ preventScroll: true });
}

/** The dialog's head is that of the other dialog. */
function dialogOf(settings: HTMLElement): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "settings-dialog";
  const head = find(document, "#shortcuts .sheet-head").cloneNode(true) as HTMLElement;
  const title = find(head, "h2");
  title.id = "settings-title";
  title.textContent = find(settings, "h1").textContent;
  find(settings, "h1").remove();
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(head, settings);
  return dialog;
}

/** A preference counts at once. Another language needs another page; what was typed is kept. */
async function change({ form, name, value }: HTMLInputElement | HTMLSelectElement): Promise<void> {
  if (form?.getAttribute("action") !== pathOf(preferencesForm())) return;
  const input = form.elements.namedItem(name);
  const chosen = input instanceof RadioNodeList ? chosenOf(input) : value;
  if (name !== "language") preferEverywhere(name, chosen);
  if (name === "sends") localStorage.removeItem("chatstream.enter");
  const body = new URLSearchParams({ [name]: chosen });
  await tell(body);
  if (name === "language") location.reload();
}

const pathOf = (address: string) => new URL(address, location.href).pathname;

/** Of a box and the hidden field before it, or of some radio buttons. */
function chosenOf(fields: RadioNodeList): string {
  const inputs = [...fields] as HTMLInputElement[];
  return inputs.find(({ checked }) => checked)?.value ?? inputs.find(({ type }) => type === "hidden")?.value ?? "";
}

/** Prompts are changed by the forms of the page, whose answer is the page again. The other forms lead to other pages. */
async function submit(event: SubmitEvent, dialog: HTMLDialogElement): Promise<void> {
  const form = event.target as HTMLFormElement;
  const section = form.closest<HTMLElement>(".prompts");
  // Enter in a field of preferences: they count already.
  if (form.getAttribute("action") === pathOf(preferencesForm())) event.preventDefault();
  if (!section) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter) as unknown as Record<string, string>);
  const page = await read("POST", form.action, body);
  const fresh = page?.querySelector<HTMLElement>(".prompts");
  if (!page || !fresh) return;
  section.replaceWith(document.importNode(fresh, true));
  const fault = dialog.querySelector<HTMLElement>(".prompts .fault");
  const open = dialog.querySelector<HTMLElement>(".prompts li details[open] input, .prompts .new[open] [name=title]");
  (open ?? dialog.querySelector<HTMLElement>(".prompts .new summary"))?.focus();
  announce(fault?.textContent ?? page.querySelector(".done")?.textContent ?? "");
}

/** A page of the server, as nodes in which no script runs. Undefined: it did not come. */
function read(method: string, address: string, body?: URLSearchParams): Promise<Document | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.overrideMimeType("text/html; charset=utf-8");
    request.setRequestHeader("Accept", "text/html");
    request.timeout = longestWait;
    request.addEventListener("loadend", () => resolve(request.responseXML ?? undefined));
    request.send(body);
  });
}
