import { isolated } from "../mirrored/isolated";
import { find } from "./dom";
import { routes } from "./routes";
import { word } from "./words";

let shown = document.title;
let mark: "script.title-complete" | "script.title-ended" | undefined;

export function showTitle(title: string): void {
  shown = `${isolated(title)} · ChatStream`;
  find(document, "#title").textContent = title;
  show();
}

export function showNewChatTitle(): void {
  showTitle(find(document, ".new-chat").textContent.trim());
  find(document, ".download").hidden = true;
}

/** Shows the link that downloads the conversation. Without it, a conversation is neither shared nor renamed. */
export function showDownload(conversationId: string, isHidden: HTMLElement["hidden"] = false): void {
  const link = find<HTMLAnchorElement>(document, ".download");
  link.href = routes.saved(conversationId, "md");
  link.download = "";
  link.hidden = isHidden;
}

/** Marks the title of a hidden tab when an answer has ended. */
export function showEndInTitle(complete: boolean): void {
  mark = complete ? "script.title-complete" : "script.title-ended";
  show();
}

function show(): void {
  if (!document.hidden) mark = undefined;
  document.title = mark ? word(mark, shown) : shown;
}

document.addEventListener("visibilitychange", show);
