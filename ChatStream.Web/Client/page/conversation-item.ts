import type { Found, Summary } from "../stream/listing";
import { find } from "./dom";
import { routes } from "./routes";

/** Reads an entry of the list from its markup. */
export function rowOf(item: HTMLElement): Summary {
  const { conversationId = "", leafId = "", updatedAt = "", running, folderId = "", pinned } = item.dataset;
  return {
    id: conversationId,
    title: find(item, "[data-title]").textContent,
    leafId,
    updatedAt,
    running: running === "true",
    folderId,
    pinned: pinned === "true",
  };
}

/** Shows an entry in its markup, which is the same as the server's. */
export function showItem(item: HTMLElement, row: Summary, shown: boolean, unread: boolean): void {
  const { id, title, leafId, updatedAt, folderId = "", pinned = false } = row;
  Object.assign(item.dataset, { conversationId: id, leafId, updatedAt, running: row.running, unread, folderId, pinned });
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
    if (!match) return text.replace(/\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|^[>#]+ /g, "");
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
  place.replaceChildren(...parts);
}
