import { addFiles, itemOf, readKept, removable, shelf, tell } from "./file-shelf";
import { find, word } from "./given";
import { laterWords } from "./later-words";

/**
 * Lets the user change the files of a message that is edited. The editor shows those of the message; what was changed before
 * it was closed, or the page loaded again, is shown instead.
 */
export async function editFiles(article: HTMLElement, form: HTMLFormElement): Promise<void> {
  showKept(article, form);
  // Those of a message that was sent from this page have buttons that remove them from nothing.
  for (const button of form.querySelectorAll(".files button")) button.remove();
  form.addEventListener("submit", (event) => waitForUploads(event, form), { capture: true });
  const say = await laterWords();
  form.querySelector(".files")?.setAttribute("aria-label", say("files"));
  for (const item of form.querySelectorAll<HTMLElement>(".files > li:not(:has(button))"))
    removable(item, nameOf(item), form, say);
  offerPicking(form);
}

/** Shows the files at once, before the editor can be sent. */
function showKept(article: HTMLElement, form: HTMLFormElement): void {
  const kept = readKept(article.dataset["messageId"] ?? "");
  if (!kept) return;
  form.querySelector(".files")?.remove();
  for (const entry of kept) {
    const own = article.querySelector(`:scope > .files > [data-file-id="${entry.id}"]`);
    shelf(form).append(own?.cloneNode(true) ?? itemOf(entry));
  }
}

function waitForUploads(event: Event, form: HTMLFormElement): void {
  if (!form.querySelector(".files [aria-busy]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  tell(form, word("script.files-come"));
}

const nameOf = (item: HTMLElement) => item.querySelector("img")?.alt ?? find(item, ".file-name").textContent;

/** The button of the form for new messages, where files are taken. */
function offerPicking(form: HTMLFormElement): void {
  const picker = document.querySelector("#composer .attach")?.cloneNode(true) as HTMLElement | undefined;
  if (!picker) return;
  const input = find<HTMLInputElement>(picker, "input");
  input.removeAttribute("id");
  input.addEventListener("change", () => {
    void addFiles([...input.files!], form);
    // Without this, choosing the same file again would not be a change.
    input.value = "";
  });
  find(form, ".controls").prepend(picker);
}
