import { find } from "./dom";
import { closeDrawer, openDrawer } from "./drawer";
import { onKey } from "./keys";
import { attempt } from "./storage";

interface Actions {
  stop(): void;
  editLast(): void;
  copyLast(): void;
  newChat(): void;
  settings(): void;
  shortcuts(): void;
}

const place = "chatstream.single-keys";
const message = find<HTMLTextAreaElement>(document, "#message");
const single = find<HTMLInputElement>(document, "#shortcuts input[type=checkbox]");

/** Handles the keys of the page that the focused element did not handle itself. */
export function listenForShortcuts(actions: Actions): void {
  single.checked = attempt(() => localStorage.getItem(place)) !== "off";
  single.addEventListener("change", () => attempt(() => localStorage.setItem(place, single.checked ? "on" : "off")));

  const withControl: Record<string, () => void> = {
    "k": searchFor,
    "shift+o": actions.newChat,
    ",": actions.settings,
  };
  const alone: Record<string, () => void> = {
    "/": () => message.focus(),
    "c": actions.copyLast,
    "?": actions.shortcuts,
  };

  onKey(document, (event) => {
    if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
    const action = of(event);
    if (!action) return;
    event.preventDefault();
    action();
  });

  function of(event: KeyboardEvent): (() => void) | undefined {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey) return withControl[`${event.shiftKey ? "shift+" : ""}${key.toLowerCase()}`];
    if (key === "Escape") return () => void (closeMenu() || closeDrawer() || actions.stop());
    if (key === "ArrowUp" && target === message && !message.value) return actions.editLast;
    const types = target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select");
    const selects = key === "c" && getSelection()?.type === "Range";
    return single.checked && !types && !selects ? alone[key] : undefined;
  }
}

function searchFor(): void {
  openDrawer();
  find<HTMLInputElement>(document, "#search").select();
  find(document, "#search").focus();
}

function closeMenu(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>(".more[open], .manner[open], .info[open]");
  if (!menu) return false;
  menu.open = false;
  find(menu, "summary").focus();
  return true;
}
