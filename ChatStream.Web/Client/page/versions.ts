import { versionState } from "../mirrored/versions";
import { announce } from "./announcer";
import { find } from "./dom";

/** The ids of all versions of a message, oldest first. */
export const versionsOf = (article: HTMLElement): string[] => article.dataset["siblings"]?.split(" ").filter(Boolean) ?? [];

/** The id of the version before (-1) or after (1) the one that is shown. */
export function neighbour(article: HTMLElement, step: -1 | 1): string | undefined {
  const versions = versionsOf(article);
  return versions[versions.indexOf(article.dataset["messageId"] ?? "") + step];
}

/** Shows the number of the version and its buttons, as the server's markup does. */
export function showVersions(article: HTMLElement, versions: string[]): void {
  article.dataset["siblings"] = versions.join(" ");
  const { number, count, hidden, hasPrevious, hasNext } = versionState(article.dataset["messageId"] ?? "", versions);
  find(article, ".versions").hidden = hidden;
  find(article, ".version").textContent = `${number}/${count}`;
  find<HTMLButtonElement>(article, "[data-action=previous]").disabled = !hasPrevious;
  find<HTMLButtonElement>(article, "[data-action=next]").disabled = !hasNext;
}

/** Focuses the button that was pressed, or the other one if that one is disabled now. */
export function focusAfterSwitch(article: HTMLElement, step: -1 | 1): void {
  const pressed = step > 0 ? "next" : "previous";
  const again = article.querySelector<HTMLButtonElement>(`[data-action=${pressed}]:enabled`);
  (again ?? article.querySelector<HTMLButtonElement>(".versions :enabled"))?.focus();
  announce(find(article, ".version").textContent);
}
