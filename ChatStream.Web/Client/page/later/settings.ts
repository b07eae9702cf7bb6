import { closeBeside } from "./beside";
import { addStyle } from "./elements";
import { announce, find, preferEverywhere, routes } from "./given";
import { laterWords } from "./later-words";
import { make } from "./make";
import { styled } from "./style";
import { warn } from "./toast";
import { forgetTyped, keepForNextPage, keepTyped } from "./typed-texts";

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
  dialog.addEventListener("submit", (event) => void submit(event));
  keepPrompts(dialog);
  document.body.append(dialog);
  dialog.showModal();
}

/** Returns whether the server has it. Its answer leads to a page, which is not followed. */
async function tell(body: URLSearchParams): Promise<boolean> {
  try {
    const response = await fetch(preferencesForm(), { method: "POST", body, redirect: "manual", keepalive: true });
    return response.type === "opaqueredirect";
  } catch {
    return false;
  }
}

/** Closes the notice without a new page. */
export async function closeNotice(button: HTMLElement): Promise<void> {
  button.closest(".banner")?.remove();
  find(document, "#message").focus({ preventScroll: true });
  if (await tell(new URLSearchParams({ notice: (button as HTMLButtonElement).value }))) return;
  addStyle();
  const say = await laterWords();
  warn(say("choice-not-saved"), say);
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
async function change(field: HTMLInputElement | HTMLSelectElement): Promise<void> {
  const { form, name, value } = field;
  if (form?.getAttribute("action") !== pathOf(preferencesForm())) return;
  const input = form.elements.namedItem(name);
  const chosen = input instanceof RadioNodeList ? chosenOf(input) : value;
  if (name !== "language") preferEverywhere(name, chosen);
  if (name === "sends") localStorage.removeItem("chatstream.enter");
  const row = field.closest<HTMLElement>(".row, .box-row")!;
  const isKept = await tell(new URLSearchParams({ [name]: chosen }));
  explain(row, isKept ? "" : (await laterWords())("choice-not-saved"));
  if (!isKept || name !== "language") return;
  keepForNextPage();
  location.reload();
}

/** Says below a place what did not work; "": nothing. */
function explain(place: HTMLElement, words: string): void {
  const next = place.nextElementSibling;
  if (next?.matches(".fault")) next.remove();
  if (words) place.after(make("p", { class: "fault", role: "alert" }, words));
}

const pathOf = (address: string) => new URL(address, location.href).pathname;

/** Of a box and the hidden field before it, or of some radio buttons. */
function chosenOf(fields: RadioNodeList): string {
  const inputs = [...fields] as HTMLInputElement[];
  return inputs.find(({ checked }) => checked)?.value ?? inputs.find(({ type }) => type === "hidden")?.value ?? "";
}

/** Prompts are changed by the forms of the page, whose answer is the page again. The other forms lead to other pages. */
async function submit(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  const section = form.closest<HTMLElement>(".prompts");
  // Enter in a field of preferences: they count already.
  if (form.getAttribute("action") === pathOf(preferencesForm())) event.preventDefault();
  if (!section) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter) as unknown as Record<string, string>);
  // A second click would send it twice, and another form would answer with a section of its own.
  const buttons = section.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  const page = await read("POST", form.action, body);
  for (const button of buttons) button.disabled = false;
  const given = page?.querySelector<HTMLElement>(".prompts");
  explain(find(form, ".controls"), given ? "" : (await laterWords())("not-changed"));
  if (!page || !given) return event.submitter?.focus();
  const fresh = document.importNode(given, true);
  const fault = fresh.querySelector(".fault")?.textContent;
  if (!fault) forgetTyped(placeOf(form));
  for (const other of section.querySelectorAll("form")) {
    const next = other === form ? undefined : formOf(fresh, other);
    if (next) next.closest("details")!.open = other.closest("details")!.open;
  }
  section.replaceWith(fresh);
  keepPrompts(fresh);
  const refused = fault ? formOf(fresh, form)?.querySelector<HTMLElement>("[name=title]") : undefined;
  (refused ?? fresh.querySelector<HTMLElement>(".new summary"))?.focus();
  announce(fault ?? page.querySelector(".done")?.textContent ?? "");
}

const idOf = (form: HTMLFormElement) => find<HTMLInputElement>(form, "[name=id]").value;

const placeOf = (form: HTMLFormElement) => `own prompt ${idOf(form)}`;

/** What is typed into the forms of the prompts is there when the dialog is opened again. */
function keepPrompts(within: HTMLElement): void {
  for (const form of within.querySelectorAll<HTMLFormElement>(".prompts form"))
    for (const field of form.querySelectorAll<HTMLInputElement>("[name=title], [name=text]"))
      if (keepTyped(placeOf(form), field)) field.closest("details")!.open = true;
}

/** The form of the same prompt in another section. */
const formOf = (section: HTMLElement, form: HTMLFormElement) =>
  [...section.querySelectorAll("form")].find((other) => idOf(other) === idOf(form));

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
