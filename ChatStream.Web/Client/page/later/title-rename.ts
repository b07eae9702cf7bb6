import { announce, clone, find, onKey, showTitle, tellTabs } from "./given";
import { typedTitles } from "./item-questions";
import { laterWords } from "./later-words";
import { send } from "./requests";

/** A double click on the heading of a conversation shows a field for a new title in its place. */
export function mindTitle(): void {
  const heading = find(document, "#title");
  heading.addEventListener("dblclick", () => edit(heading));
  heading.addEventListener("pointerenter", () => void hint(heading));
}

/** The conversation that is shown, if it has a title that can be changed: one that can be downloaded. */
const shownId = () =>
  find(document, ".download").hidden
    ? undefined
    : document.querySelector<HTMLInputElement>("#composer [name=conversationId]")?.value;

async function hint(heading: HTMLElement): Promise<void> {
  heading.title = shownId() === undefined ? "" : (await laterWords())("rename-here");
}

function edit(heading: HTMLElement): void {
  const id = shownId();
  if (id === undefined || heading.hidden) return;
  const form = clone("rename-form") as HTMLFormElement;
  const input = find<HTMLInputElement>(form, "input");
  const before = heading.textContent;
  input.value = typedTitles.get(id) ?? before;
  input.addEventListener("input", () => typedTitles.set(id, input.value));
  const origin = document.activeElement;
  // Each conversation that is opened writes its own title.
  const watch = new MutationObserver(() => shownId() !== id && leave());
  const leave = () => {
    watch.disconnect();
    form.remove();
    heading.hidden = false;
  };
  const close = () => {
    leave();
    (origin instanceof HTMLElement && origin !== document.body ? origin : find(document, "#message")).focus();
  };
  watch.observe(heading, { childList: true });
  find(form, "[data-action=cancel]").addEventListener("click", () => {
    typedTitles.delete(id);
    close();
  });
  onKey(form, (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = input.value.trim();
    if (!title) return;
    if (title !== before) {
      const { problem } = await send("PATCH", `conversations/${id}`, { title });
      if (!form.isConnected) return;
      if (problem) return void (find(form, ".fault").hidden = false);
    }
    typedTitles.delete(id);
    close();
    if (title === before) return;
    showTitle(title);
    for (const item of document.querySelectorAll(`[data-conversation-id="${id}"] [data-title]`)) item.textContent = title;
    document.dispatchEvent(new Event("list-changed"));
    tellTabs(id);
    announce((await laterWords())("renamed", title));
  });
  heading.hidden = true;
  heading.after(form);
  input.focus();
  input.select();
}
