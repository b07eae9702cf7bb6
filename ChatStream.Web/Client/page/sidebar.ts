import { find } from "./dom";
import { routes } from "./routes";

/** Puts a conversation on top of the list. */
export function listConversation(conversationId: string, title: string, current: boolean): void {
  const list = find(document, "#conversations");
  const href = routes.conversation(conversationId);
  const link = [...list.querySelectorAll("a")].find((a) => a.pathname === href) ?? document.createElement("a");
  link.href = href;
  link.dir = "auto";
  link.textContent = title;
  if (current) link.ariaCurrent = "page";
  const item = link.closest("li") ?? document.createElement("li");
  item.append(link);
  list.prepend(item);
}

export function showTitle(title: string): void {
  document.title = `${title} · ChatStream`;
  find(document, "#title").textContent = title;
}

// On a wide screen the list is always there; browsers without ::details-content need it opened.
const wide = matchMedia("(min-width: 60rem)");
const openWhereWide = () => (find<HTMLDetailsElement>(document, ".conversations").open = wide.matches);
wide.addEventListener("change", openWhereWide);
openWhereWide();
