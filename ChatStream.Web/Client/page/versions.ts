import { announce } from "./announcer";
import { find } from "./dom";

/** The versions that stand beside a message, it included, oldest first. */
export const versionsOf = (article: HTMLElement): string[] => article.dataset["siblings"]?.split(" ").filter(Boolean) ?? [];

export function neighbour(article: HTMLElement, step: -1 | 1): string | undefined {
  const versions = versionsOf(article);
  return versions[versions.indexOf(article.dataset["messageId"] ?? "") + step];
}

/** The same as the server's markup shows. */
export function showVersions(article: HTMLElement, versions: string[]): void {
  article.dataset["siblings"] = versions.join(" ");
  const number = versions.indexOf(article.dataset["messageId"] ?? "") + 1;
  find(article, ".versions").hidden = versions.length < 2;
  find(article, ".version").textContent = `${number}/${versions.length}`;
  find<HTMLButtonElement>(article, "[data-action=previous]").disabled = number <= 1;
  find<HTMLButtonElement>(article, "[data-action=next]").disabled = number >= versions.length;
}

/** The focus stays on the button that was pressed, or goes to the other one where that leads nowhere any more. */
export function goOnFrom(article: HTMLElement, step: -1 | 1): void {
  const pressed = step > 0 ? "next" : "previous";
  const again = article.querySelector<HTMLButtonElement>(`[data-action=${pressed}]:enabled`);
  (again ?? article.querySelector<HTMLButtonElement>(".versions :enabled"))?.focus();
  announce(find(article, ".version").textContent);
}
