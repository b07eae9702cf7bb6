/** How many conversations a new chat names. Same as in `PageController`. */
const most = 4;

const list = () => document.querySelector<HTMLElement>("#conversations");
const isSearching = () => Boolean(document.querySelector<HTMLInputElement>("#search")?.value);

/** Keeps what a new chat says about the last conversations as the list says it. */
export function mindRecent(): void {
  const shown = list();
  if (shown) new MutationObserver(showRecent).observe(shown, { childList: true, subtree: true, characterData: true });
}

export function showRecent(): void {
  const place = document.querySelector<HTMLElement>(".recent");
  if (!place || isSearching()) return;
  const links = [...(list()?.querySelectorAll<HTMLAnchorElement>("li[data-conversation-id] > a.open") ?? [])].slice(0, most);
  place.hidden = links.length === 0;
  place.querySelector("ul")?.replaceChildren(
    ...links.map((link) => {
      const item = document.createElement("li");
      const copy = item.appendChild(document.createElement("a"));
      copy.href = link.href;
      copy.dir = "auto";
      copy.textContent = link.querySelector("[data-title]")?.textContent ?? "";
      return item;
    }),
  );
}
