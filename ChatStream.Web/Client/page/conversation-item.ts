import type { Found, Summary } from "../stream/listing";
import { clone, find } from "./dom";
import { onKey } from "./keys";
import { routes } from "./routes";

/** Reads an entry of the list from its markup. */
export function rowOf(item: HTMLElement): Summary {
  const { conversationId = "", leafId = "", updatedAt = "", running } = item.dataset;
  return {
    id: conversationId,
    title: find(item, "[data-title]").textContent,
    leafId,
    updatedAt,
    running: running === "true",
  };
}

/** Shows an entry in its markup, which is the same as the server's. */
export function showItem(item: HTMLElement, row: Summary, shown: boolean, unread: boolean): void {
  const { id, title, leafId, updatedAt, running } = row;
  Object.assign(item.dataset, { conversationId: id, leafId, updatedAt, running: String(running), unread: String(unread) });
  const link = find<HTMLAnchorElement>(item, "a.open");
  link.href = routes.conversation(id) + (row.found ? `#${row.found.messageId}` : "");
  link.ariaCurrent = shown ? "page" : null;
  for (const place of item.querySelectorAll("[data-title]")) if (place.textContent !== title) place.textContent = title;
  showExcerpt(find(item, ".excerpt"), row.found);
  for (const save of item.querySelectorAll<HTMLAnchorElement>("[data-export]"))
    save.href = routes.saved(id, save.dataset["export"]!);
}

/** Shows the sentence that a search has found, with the words of the search marked. */
function showExcerpt(place: HTMLElement, found: Found | undefined): void {
  place.hidden = !found;
  const parts = (found?.excerpt ?? []).map(({ text, match }) => {
    // The signs of Markdown that are no use in one line.
    if (!match) return text.replace(/\*\*|`/g, "");
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
  place.replaceChildren(...parts);
}

/** New titles that were typed and neither saved nor cancelled, by the id of the conversation. */
const typedTitles = new Map<string, string>();

/** Shows a field for a new title in place of the choices. What was typed when Escape closed it is there again. */
export function rename(item: HTMLElement, save: (title: string) => Promise<boolean>): void {
  const { form, close } = ask<HTMLFormElement>(item, "rename-form");
  const input = find<HTMLInputElement>(form, "input");
  const { id, title: now } = rowOf(item);
  input.value = typedTitles.get(id) ?? now;
  input.addEventListener("input", () => typedTitles.set(id, input.value));
  find(form, "[data-action=cancel]").addEventListener("click", () => typedTitles.delete(id));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = input.value.trim();
    if (!title) return;
    if (title !== rowOf(item).title && !(await save(title))) return void (find(form, ".fault").hidden = false);
    typedTitles.delete(id);
    close();
  });
  input.focus();
  input.select();
}

export function askToDelete(item: HTMLElement, remove: () => Promise<boolean>): void {
  const { form } = ask(item, "delete-question");
  find(form, "[data-title]").textContent = rowOf(item).title;
  // The button is not disabled meanwhile: it would lose the focus, and the menu closes when the focus leaves it.
  let isRemoving = false;
  find(form, "[data-action=delete-for-good]").addEventListener("click", async () => {
    if (isRemoving) return;
    isRemoving = true;
    if (await remove()) return;
    isRemoving = false;
    find(form, ".fault").hidden = false;
  });
  find(form, "[data-action=cancel]").focus();
}

/** Shows a form in place of an entry's choices. Escape and Cancel close it, and so does whatever closes the menu. */
function ask<T extends HTMLElement>(item: HTMLElement, template: string): { form: T; close: () => void } {
  const choices = find(item, ".choices");
  const form = clone(template) as T;
  const menu = find<HTMLDetailsElement>(item, ".more");
  const over = new AbortController();
  const leave = () => {
    over.abort();
    form.remove();
    choices.hidden = false;
  };
  const close = () => {
    leave();
    menu.open = false;
    find(item, "summary").focus();
  };
  menu.addEventListener("toggle", () => menu.open || leave(), { signal: over.signal });
  find(form, "[data-action=cancel]").addEventListener("click", close);
  onKey(form, (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  choices.hidden = true;
  choices.after(form);
  return { form, close };
}
