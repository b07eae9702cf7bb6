import { clone, find, onKey, rowOf } from "./given";

/** New titles that were typed and neither saved nor cancelled, by the id of the conversation. */
export const typedTitles = new Map<string, string>();

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
