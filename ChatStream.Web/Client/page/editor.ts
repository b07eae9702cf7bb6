import { clone, find } from "./dom";
import { sourceOf } from "./message-text";
import { drafts } from "./storage";

export const isEdited = (article: HTMLElement) => article.querySelector(".edit") !== null;

/** Opens an editor in place of a message. The typed text is kept until it is sent or cancelled. */
export function edit(article: HTMLElement, send: (text: string) => void): void {
  if (isEdited(article)) return focusEditor(article);
  const id = article.dataset["messageId"] ?? "";
  const form = clone("edit-form") as HTMLFormElement;
  const field = find<HTMLTextAreaElement>(form, "textarea");
  field.value = drafts.read(id) || sourceOf(article);
  const fit = () => {
    if (!CSS.supports("field-sizing", "content")) field.rows = Math.min(12, field.value.split("\n").length);
  };
  const close = () => {
    drafts.write(id, "");
    form.remove();
    find(article, "[data-action=edit]").focus();
  };
  field.addEventListener("input", () => {
    drafts.write(id, field.value);
    fit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && event.target === field) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(field.value);
  });
  find(form, "[data-action=cancel]").addEventListener("click", close);
  find(article, ".text").after(form);
  fit();
  focusEditor(article);
}

export function focusEditor(article: HTMLElement): void {
  const field = find<HTMLTextAreaElement>(article, ".edit textarea");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

export const editedText = (article: HTMLElement) => find<HTMLTextAreaElement>(article, ".edit textarea").value;

export const submitEditor = (article: HTMLElement) => find<HTMLFormElement>(article, ".edit").requestSubmit();

/** Deletes the draft, because its text was sent. */
export const endEdit = (article: HTMLElement) => drafts.write(article.dataset["messageId"] ?? "", "");
