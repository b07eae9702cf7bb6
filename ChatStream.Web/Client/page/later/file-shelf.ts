import { announce, connection, find, keptFiles, number, readProblem, routes, word } from "./given";
import { laterWords } from "./later-words";
import { shrink } from "./shrink";
import { styled } from "./style";

/** What the server says about a file. */
export interface Entry {
  id: string;
  name: string;
  kind: "image" | "document" | "text";
  mediaType: string;
  bytes: number;
  tokens?: number;
  width?: number;
  height?: number;
}

/** Pixels of an image that every browser can take apart, phones included. */
const mostCertain = 16_777_216;

const composer = () => find<HTMLFormElement>(document, "#composer");

/** The form whose message gets a file that is dropped, pasted or picked there: an open editor's, or that of a new message. */
const formAt = (target: EventTarget | null) =>
  (target instanceof Element && target.closest(".message")?.querySelector<HTMLFormElement>(".edit")) || composer();

/** Under which id the files of a form are kept: of the message that is edited, or of the conversation. */
const idOf = (form: HTMLFormElement) =>
  form.closest<HTMLElement>(".message")?.dataset["messageId"] ??
  form.querySelector<HTMLInputElement>("[name=conversationId]")?.value ??
  "";

/** The message that files are for: of a conversation, or one that is edited. */
interface Owner {
  readonly form: HTMLFormElement;
  id: string;
  /** The files that it had when another conversation was opened; undefined: it is still shown. */
  left: Entry[] | undefined;
}

const entries = new Map<string, Entry>();

/** The files that the user has removed while they were uploaded. */
const removed = new WeakSet<HTMLElement>();

/** The form whose files are kept under this id, if it is shown. */
const shownForm = (id: string) =>
  [composer(), ...document.querySelectorAll<HTMLFormElement>("#conversation .edit")].find((form) => idOf(form) === id);

/**
 * Uploads files one after the other and shows each above the field of its message until that is sent. They stay with their
 * message when another conversation is opened meanwhile.
 */
export async function addFiles(files: File[], target: EventTarget | null): Promise<void> {
  const owner: Owner = { form: formAt(target), id: "", left: undefined };
  const over = new AbortController();
  document.addEventListener("leaving", () => leave(owner), { once: true, signal: over.signal });
  const say = await laterWords();
  if (!owner.left) tell(owner.form, "");
  const { most = "1", bytes = "0" } = find(document, "#file").dataset;
  for (const file of files) {
    if (countOf(owner) >= Number(most)) {
      explain(owner, say("refused.too_many_files", most));
      break;
    }
    const item = owner.left ? undefined : shelf(owner.form, say("files")).appendChild(waiting(file.name, owner.form, say));
    const refused = await upload(file, item, owner, Number(bytes), say);
    if (!refused) continue;
    if (item && !owner.left) remove(item, owner.form);
    explain(owner, `${file.name}: ${refused}`);
  }
  over.abort();
}

/** Another conversation is opened. The start of a new chat may have given the message another id since. */
function leave(owner: Owner): void {
  const { form } = owner;
  // An editor that was closed, or sent.
  if (!form.isConnected) return;
  owner.id = idOf(form);
  owner.left = form === composer() ? [] : entriesOf(form);
}

const countOf = ({ form, id, left }: Owner) =>
  left ? (readKept(id) ?? left).length : (form.querySelector(".files")?.children.length ?? 0);

/** Says why a file is not taken: at its message, which may be shown again only later. */
function explain({ form, id, left }: Owner, text: string): void {
  if (!left) return tell(form, text);
  const tellThere = () => {
    const shown = shownForm(id);
    if (shown) tell(shown, text);
    return shown;
  };
  if (tellThere()) return;
  const again = () => queueMicrotask(() => tellThere() && document.removeEventListener("leaving", again));
  document.addEventListener("leaving", again);
}

/** Shows the files again that were added before the page was loaded. */
export async function restore(conversationId: string): Promise<void> {
  const say = await laterWords();
  const form = composer();
  if (conversationId === idOf(form)) show(form, readKept(conversationId) ?? [], say);
}

function show(form: HTMLFormElement, kept: Entry[], say: Say): void {
  for (const entry of kept)
    if (!form.querySelector(`[data-file-id="${entry.id}"]`))
      shelf(form, say("files")).append(removable(itemOf(entry), entry.name, form, say));
}

/** The files that are kept under this id; undefined: nothing is kept. */
export function readKept(id: string): Entry[] | undefined {
  const text = keptFiles.read(id);
  return text ? (JSON.parse(text) as Entry[]) : undefined;
}

/** Asks whether a long text that was pasted is rather to be a file. */
export async function offerFile(text: string, field: HTMLTextAreaElement): Promise<void> {
  const form = formAt(field);
  const id = idOf(form);
  const say = await laterWords();
  if (idOf(form) !== id) return;
  const offer = notice(form, "offer");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("offer.take");
  button.addEventListener("click", () => {
    offer.remove();
    // Browsers have made its line ends their own.
    const pasted = text.replace(/\r\n?/g, "\n");
    const at = field.value.lastIndexOf(pasted);
    if (at >= 0) {
      field.setRangeText("", at, at + pasted.length, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.focus();
    void addFiles([new File([text], say("offer.name"), { type: "text/plain" })], form);
  });
  offer.append(say("offer", number(text.length)), " ", button);
  announce(say("offer", number(text.length)));
  field.addEventListener("input", () => field.value.includes(text.slice(0, 100)) || offer.remove());
  form.addEventListener("submit", () => offer.remove(), { once: true });
}

/** Returns why the file is not taken; undefined: it is. */
async function upload(
  file: File,
  item: HTMLElement | undefined,
  owner: Owner,
  most: number,
  say: Say,
): Promise<string | undefined> {
  const { sent, isUnreadable } = await shrink(file);
  if (sent.size > most) return say("refused.file_too_large", number(most));
  if (sent.type.startsWith("image/") && !seesImages()) return say("refused.model_sees_no_images");
  const body = new FormData();
  body.append("file", sent, file.name);
  const model = composer().querySelector<HTMLSelectElement>("#model")?.value;
  try {
    const response = await connection.fetch(`${routes.files}${model ? `?model=${encodeURIComponent(model)}` : ""}`, {
      method: "POST",
      body,
    });
    if (response.status !== 201) {
      const { code, numbers } = await readProblem(response, connection);
      return say(`refused.${code}`, ...(numbers ?? []).map(number)) || say("refused");
    }
    const entry = (await response.json()) as Entry;
    // By its content it is an image, and what is shown of it would be an empty box. A large one may only lack memory here.
    if (isUnreadable && entry.kind === "image" && entry.width! * entry.height! <= mostCertain) return say("refused.image_broken");
    if (owner.left) {
      if (!item || !removed.has(item)) keepFor(owner.id, owner.left, entry, say);
    } else arrived(item!, entry, owner.form, say);
    return undefined;
  } catch {
    return say("refused");
  }
}

function arrived(item: HTMLElement, entry: Entry, form: HTMLFormElement, say: Say): void {
  // The same content is the same file.
  if (form.querySelector(`[data-file-id="${entry.id}"]`)) item.remove();
  else if (item.isConnected) {
    item.replaceWith(removable(itemOf(entry), entry.name, form, say));
    announce(say("added", entry.name));
  }
  keep(form);
}

/** Keeps a file for a message that was not shown when it arrived. */
function keepFor(id: string, left: Entry[], entry: Entry, say: Say): void {
  const kept = readKept(id) ?? left;
  if (!kept.some((other) => other.id === entry.id)) keptFiles.write(id, JSON.stringify([...kept, entry]));
  const form = shownForm(id);
  if (form) show(form, [entry], say);
}

export type Say = (name: string, ...values: string[]) => string;

function seesImages(): boolean {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  const name = composer().querySelector<HTMLSelectElement>("#model")?.value;
  const models = [...content.querySelectorAll<HTMLElement>("[data-model]")];
  return (models.find(({ dataset }) => dataset["model"] === name) ?? models[0])?.dataset["images"] === "true";
}

/** The list above the field. */
export function shelf(form: HTMLFormElement, label = ""): HTMLElement {
  const there = form.querySelector<HTMLElement>(".files");
  if (there) return there;
  void styled("files");
  const list = document.createElement("ul");
  list.className = "files";
  list.ariaLabel = label;
  above(form, list);
  return list;
}

const above = (form: HTMLFormElement, element: HTMLElement) => find(form, ".box, label:has(> textarea)").before(element);

function waiting(name: string, form: HTMLFormElement, say: Say): HTMLElement {
  const item = document.createElement("li");
  item.setAttribute("aria-busy", "true");
  item.append(span("file-name", name));
  return removable(item, name, form, say);
}

/** The server's markup of a file. */
export function itemOf(entry: Entry): HTMLElement {
  const item = document.createElement("li");
  item.dataset["fileId"] = entry.id;
  const link = document.createElement("a");
  link.href = `${routes.files}/${entry.id}${entry.kind === "image" ? "" : "?format=text"}`;
  link.target = "_blank";
  link.rel = "noopener";
  if (entry.kind === "image") {
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = entry.name;
    image.width = entry.width ?? 0;
    image.height = entry.height ?? 0;
    link.append(image);
  } else link.append(span("file-name", entry.name));
  const tokens = entry.tokens ?? 0;
  const count = word(tokens === 1 ? "script.tokens.one" : "script.tokens.other", number(tokens));
  item.append(link, span("file-tokens", count));
  entries.set(entry.id, entry);
  return item;
}

/** Adds a button to a file that removes it from the message. */
export function removable(item: HTMLElement, name: string, form: HTMLFormElement, say: Say): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet round";
  button.textContent = "×";
  button.ariaLabel = say("remove", name);
  button.addEventListener("click", () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    removed.add(item);
    remove(item, form);
    tell(form, "");
    announce(say("removed", name));
    (next?.querySelector("button") ?? find<HTMLElement>(form, "textarea")).focus();
  });
  item.append(button);
  return item;
}

function remove(item: HTMLElement, form: HTMLFormElement): void {
  const list = item.parentElement;
  item.remove();
  if (list?.children.length === 0) list.remove();
  keep(form);
}

/** Keeps the files over a reload: of an edit, only if they are others than the message has. */
function keep(form: HTMLFormElement): void {
  // An editor that was closed, or sent, in mid-upload.
  if (!form.isConnected) return;
  const ids = idsIn(form.querySelector(".files"));
  const before = idsIn(form.parentElement!.querySelector(":scope > .files"));
  keptFiles.write(idOf(form), String(ids) === String(before) ? "" : JSON.stringify(entriesOf(form)));
}

/** What is known of the files that a message has already, its markup says. */
const entriesOf = (form: HTMLFormElement) =>
  idsIn(form.querySelector(".files")).map((id) => entries.get(id) ?? ({ id } as Entry));

const idsIn = (list: HTMLElement | null) =>
  [...(list?.querySelectorAll<HTMLElement>("[data-file-id]") ?? [])].map(({ dataset }) => dataset["fileId"]!);

function span(className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.dir = "auto";
  element.textContent = text;
  return element;
}

/** A line above the field, of which there is one of each kind. It goes when another conversation is opened. */
function notice(form: HTMLFormElement, kind: string): HTMLElement {
  form.querySelector(`.files-notice.${kind}`)?.remove();
  const line = document.createElement("p");
  line.className = `files-notice ${kind}`;
  document.addEventListener("leaving", () => line.remove(), { once: true });
  above(form, line);
  return line;
}

export function tell(form: HTMLFormElement, text: string): void {
  form.querySelector(".files-notice.fault")?.remove();
  if (!text) return;
  const line = notice(form, "fault");
  line.setAttribute("role", "alert");
  line.textContent = text;
}
