/** How many conversations a new chat names. Same as in `PageController`. */
const most = 4;

const list = () => document.querySelector<HTMLElement>(".drawer .list");
const isSearching = () => Boolean(document.querySelector<HTMLInputElement>("#search")?.value);

/** Keeps what a new chat says about the last conversations as the list says it. */
export function mindRecent(): void {
  const shown = list();
  if (shown) new MutationObserver(showRecent).observe(shown, { childList: true, subtree: true, characterData: true });
}

export function showRecent(): void {
  const place = document.querySelector<HTMLElement>(".recent");
  if (!place || isSearching()) return;
  const rows = [...(list()?.querySelectorAll<HTMLElement>("li[data-conversation-id]") ?? [])];
  const newest = rows.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, most);
  place.hidden = newest.length === 0;
  place.querySelector("ul")?.replaceChildren(...newest.map(linkOf));
}

const timeOf = ({ dataset }: HTMLElement) => Date.parse(dataset["updatedAt"] ?? "") || 0;

function linkOf(row: HTMLElement): HTMLElement {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = row.querySelector<HTMLAnchorElement>("a.open")?.href ?? "";
  link.dir = "auto";
  link.textContent = row.querySelector("[data-title]")?.textContent ?? "";
  return item;
}
