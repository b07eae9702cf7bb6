import { announce, clone, connection, find, number, readProblem, routes, word } from "./given";
import { laterWords } from "./later-words";
import { shrink } from "./shrink";

/** What the server says about a file. */
interface Entry {
  id: string;
  name: string;
  kind: "image" | "document" | "text";
  mediaType: string;
  bytes: number;
  tokens?: number;
  width?: number;
  height?: number;
}

const form = () => find<HTMLFormElement>(document, "#composer");
const keyNow = () => `chatstream.files.${form().querySelector<HTMLInputElement>("[name=conversationId]")?.value ?? ""}`;

let entries = new Map<string, Entry>();

/** Uploads files one after the other and shows each below the conversation until the message is sent. */
export async function addFiles(files: File[]): Promise<void> {
  const say = await laterWords();
  tell("");
  const { most = "1", bytes = "0" } = find(document, "#file").dataset;
  const list = shelf(say("files"));
  for (const file of files) {
    if (list.children.length >= Number(most)) return tell(say("refused.too_many_files", most));
    const item = list.appendChild(waiting(file.name, say));
    const refused = await upload(file, item, Number(bytes), say);
    if (refused) {
      remove(item);
      tell(`${file.name}: ${refused}`);
    }
  }
}

/** Shows the files again that were added before the page was loaded. */
export async function restore(key: string): Promise<void> {
  const say = await laterWords();
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]") as Entry[];
  if (key !== keyNow() || kept.length === 0 || form().querySelector(".files")) return;
  for (const entry of kept) shelf(say("files")).append(itemOf(entry, say));
}

/** Asks whether a long text that was pasted is rather to be a file. */
export async function offerFile(text: string): Promise<void> {
  const say = await laterWords();
  const field = find<HTMLTextAreaElement>(form(), "#message");
  const offer = notice("offer");
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
    void addFiles([new File([text], say("offer.name"), { type: "text/plain" })]);
  });
  offer.append(say("offer", number(text.length)), " ", button);
  announce(say("offer", number(text.length)));
  field.addEventListener("input", () => field.value.includes(text.slice(0, 100)) || offer.remove());
  form().addEventListener("submit", () => offer.remove(), { once: true });
}

/** Returns why the file is not taken; undefined: it is. */
async function upload(file: File, item: HTMLElement, most: number, say: Say): Promise<string | undefined> {
  const sent = await shrink(file);
  if (sent.size > most) return say("refused.file_too_large", number(most));
  if (sent.type.startsWith("image/") && !seesImages()) return say("refused.model_sees_no_images");
  const body = new FormData();
  body.append("file", sent, file.name);
  const model = form().querySelector<HTMLSelectElement>("#model")?.value;
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
    // The same content is the same file.
    if (form().querySelector(`[data-file-id="${entry.id}"]`)) item.remove();
    else if (item.isConnected) {
      item.replaceWith(itemOf(entry, say));
      announce(say("added", entry.name));
    }
    keep();
    return undefined;
  } catch {
    return say("refused");
  }
}

type Say = (name: string, ...values: string[]) => string;

function seesImages(): boolean {
  const { content } = find<HTMLTemplateElement>(document, "template#models");
  const name = form().querySelector<HTMLSelectElement>("#model")?.value;
  const models = [...content.querySelectorAll<HTMLElement>("[data-model]")];
  return (models.find(({ dataset }) => dataset["model"] === name) ?? models[0])?.dataset["images"] === "true";
}

/** The list above the field. */
function shelf(label: string): HTMLElement {
  const there = form().querySelector<HTMLElement>(".files");
  if (there) return there;
  if (!document.querySelector("link[href*='dist/files']")) document.head.append(clone("files-style", "link"));
  const list = document.createElement("ul");
  list.className = "files";
  list.ariaLabel = label;
  find(form(), ".box").before(list);
  entries = new Map();
  return list;
}

function waiting(name: string, say: Say): HTMLElement {
  const item = document.createElement("li");
  item.setAttribute("aria-busy", "true");
  item.append(span("file-name", name), removal(item, name, say));
  return item;
}

/** The server's markup of a file, with a button that removes it. */
function itemOf(entry: Entry, say: Say): HTMLElement {
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
  item.append(link, span("file-tokens", count), removal(item, entry.name, say));
  entries.set(entry.id, entry);
  return item;
}

function removal(item: HTMLElement, name: string, say: Say): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet round";
  button.textContent = "×";
  button.ariaLabel = say("remove", name);
  button.addEventListener("click", () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    remove(item);
    tell("");
    announce(say("removed", name));
    (next?.querySelector("button") ?? find<HTMLElement>(form(), "#message")).focus();
  });
  return button;
}

function remove(item: HTMLElement): void {
  const list = item.parentElement;
  item.remove();
  if (list?.children.length === 0) list.remove();
  keep();
}

/** Keeps the files over a reload. */
function keep(): void {
  const ids = [...form().querySelectorAll<HTMLElement>(".files [data-file-id]")].map(({ dataset }) => dataset["fileId"]!);
  const kept = ids.flatMap((id) => entries.get(id) ?? []);
  try {
    if (kept.length) sessionStorage.setItem(keyNow(), JSON.stringify(kept));
    else sessionStorage.removeItem(keyNow());
  } catch {
    // The storage is full or forbidden: a reload forgets the files.
  }
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.dir = "auto";
  element.textContent = text;
  return element;
}

/** A line above the field, of which there is one of each kind. */
function notice(kind: string): HTMLElement {
  form().querySelector(`.files-notice.${kind}`)?.remove();
  const line = document.createElement("p");
  line.className = `files-notice ${kind}`;
  find(form(), ".box").before(line);
  return line;
}

function tell(text: string): void {
  form().querySelector(".files-notice.fault")?.remove();
  if (!text) return;
  const line = notice("fault");
  line.setAttribute("role", "alert");
  line.textContent = text;
}
