import { extras } from "./extras";
import { keptFiles } from "./storage";

/** Characters of a pasted text that may rather be a file. */
const longPaste = 4_000;

/** The list of files of a message, or of the form. */
export const filesOf = (root: ParentNode) => root.querySelector<HTMLElement>(".files");

/** The ids of the files of a message, or of the form; undefined: there are none. */
export function fileIdsOf(root: ParentNode): string[] | undefined {
  const ids = [...root.querySelectorAll<HTMLElement>("[data-file-id]")].map(({ dataset }) => dataset["fileId"]!);
  return ids.length ? ids : undefined;
}

/** Shows the files that were added to the message of a conversation before the page was loaded. */
export function restoreFiles(form: HTMLElement, conversationId = ""): void {
  filesOf(form)?.remove();
  if (keptFiles.read(conversationId)) void extras().then(({ restore }) => restore(conversationId));
}

/** Takes files that are picked, dropped or pasted. A browser would show a dropped file in the place of the page. */
export function mindFiles(): void {
  const input = document.querySelector<HTMLInputElement>("#file");
  const take = (list: FileList, target: EventTarget | null) => {
    const files = [...list];
    void extras().then(({ addFiles }) => addFiles(files, target));
  };
  for (const type of ["dragover", "drop"] as const)
    addEventListener(type, (event) => {
      const data = event.dataTransfer;
      if (!data?.types.includes("Files")) return;
      event.preventDefault();
      data.dropEffect = input ? "copy" : "none";
      if (input && type === "drop") take(data.files, event.target);
    });
  if (!input) return;
  input.addEventListener("change", () => {
    take(input.files!, input);
    // Without this, choosing the same file again would not be a change.
    input.value = "";
  });
  addEventListener("paste", (event) => {
    const { clipboardData: data, target } = event;
    const text = data?.getData("text/plain") ?? "";
    // Office programs copy a picture of a text beside it.
    if (!text && data?.files.length) {
      event.preventDefault();
      take(data.files, target);
    } else if (text.length > longPaste && (target as Element).matches("#message, .edit textarea"))
      void extras().then(({ offerFile }) => offerFile(text, target as HTMLTextAreaElement));
  });
}
