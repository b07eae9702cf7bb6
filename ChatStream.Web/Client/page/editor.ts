import { announce } from "./announcer";
import { clone, find } from "./dom";
import { sends } from "./enter";
import { extras } from "./extras";
import { filesOf } from "./files";
import { onKey } from "./keys";
import { sourceOf } from "./message-text";
import { drafts, keptFiles } from "./storage";
import { word } from "./words";

export const isEdited = (article: HTMLElement) => article.querySelector(".edit") !== null;

/**
 * Opens an editor in place of a message. The typed text is kept until it is sent or cancelled. Escape closes the editor and
 * leads back to where the user came from; the text stays for the next time.
 */
export function edit(article: HTMLElement, send: (text: string, form: HTMLElement) => void): void {
  // Files that were changed are shown by the script that is loaded later. Without it, the unchanged ones would be sent.
  if (keptFiles.read(idOf(article))) void extras().then(() => openEditor(article, send));
  else openEditor(article, send);
}

function openEditor(article: HTMLElement, send: (text: string, form: HTMLElement) => void): void {
  if (isEdited(article)) return focusEditor(article);
  const origin = document.activeElement;
  const id = idOf(article);
  const form = clone("edit-form") as HTMLFormElement;
  const field = find<HTMLTextAreaElement>(form, "textarea");
  field.value = drafts.read(id) || sourceOf(article);
  const fit = () => {
    if (!CSS.supports("field-sizing", "content")) field.rows = Math.min(12, field.value.split("\n").length);
  };
  const close = () => {
    form.remove();
    if (showKept(article)) announce(word("script.edit-kept"));
    if (origin instanceof HTMLElement) origin.focus();
    if (document.activeElement === document.body) find(article, "[data-action=edit]").focus();
  };
  const cancel = () => {
    endEdit(article);
    close();
  };
  field.addEventListener("input", () => {
    drafts.write(id, field.value);
    fit();
  });
  onKey(form, (event) => {
    if (event.key === "Escape") close();
    else if (event.target === field && sends(event)) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(field.value, form);
  });
  find(form, "[data-action=cancel]").addEventListener("click", cancel);
  const files = filesOf(article);
  if (files) form.prepend(files.cloneNode(true));
  find(article, ".text").after(form);
  fit();
  focusEditor(article);
  void extras().then(({ editFiles }) => editFiles(article, form));
}

const idOf = ({ dataset }: HTMLElement) => dataset["messageId"] ?? "";

/** Says under a message that it has an edit that was not sent. Returns true if it has one. */
export function showKept(article: HTMLElement): boolean {
  const draft = drafts.read(idOf(article));
  const isKept = (draft !== "" && draft !== sourceOf(article)) || keptFiles.read(idOf(article)) !== "";
  if (isKept) article.dataset["kept"] = "";
  else delete article.dataset["kept"];
  return isKept;
}

export function focusEditor(article: HTMLElement): void {
  const field = find<HTMLTextAreaElement>(article, ".edit textarea");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

export const editedText = (article: HTMLElement) => find<HTMLTextAreaElement>(article, ".edit textarea").value;

export const submitEditor = (article: HTMLElement) => find<HTMLFormElement>(article, ".edit").requestSubmit();

/** Deletes what is kept of an edit, because it was sent or is given up. */
export function endEdit(article: HTMLElement): void {
  drafts.write(idOf(article), "");
  keptFiles.write(idOf(article), "");
}
