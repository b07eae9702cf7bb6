import { routes } from "./given";

/** How many conversations, and folders, a new chat names. Same as in `PageController`. */
const most = 4;

const list = () => document.querySelector<HTMLElement>(".drawer .list");
const isSearching = () => Boolean(document.querySelector<HTMLInputElement>("#search")?.value);

/** Keeps what a new chat says about the last conversations as the list says it. */
export function mindRecent(): void {
  const shown = list();
  if (shown) new MutationObserver(showRecent).observe(shown, { childList: true, subtree: true, characterData: true });
}

export function showRecent(): void {
  const [place, folders] = document.querySelectorAll<HTMLElement>(".recent");
  if (!place || !folders || isSearching()) return;
  const rows = [...(list()?.querySelectorAll<HTMLElement>("li[data-conversation-id]") ?? [])];
  const newest = rows.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, most);
  place.hidden = newest.length === 0;
  place.querySelector("ul")?.replaceChildren(...newest.map(linkOf));
  const all = [...document.querySelectorAll<HTMLElement>('#shelf .folder:not([data-folder="archive"])')];
  const used = all.map((folder) => ({
    folder,
    at: Math.max(0, ...[...folder.querySelectorAll<HTMLElement>("li[data-conversation-id]")].map(timeOf)),
  }));
  folders.hidden = all.length === 0;
  const last = used.sort((a, b) => b.at - a.at).slice(0, most);
  folders.querySelector("ul")?.replaceChildren(...last.map(({ folder }) => folderLinkOf(folder)));
}

const timeOf = ({ dataset }: HTMLElement) => Date.parse(dataset["updatedAt"] ?? "") || 0;

const linkOf = (row: HTMLElement) =>
  itemOf(row.querySelector<HTMLAnchorElement>("a.open")?.href ?? "", row.querySelector("[data-title]")?.textContent ?? "");

const folderLinkOf = ({ dataset }: HTMLElement) => itemOf(`${routes.newChat}?folder=${dataset["folder"]}`, dataset["name"] ?? "");

function itemOf(href: string, text: string): HTMLElement {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  Object.assign(link, { href, dir: "auto", textContent: text });
  return item;
}
