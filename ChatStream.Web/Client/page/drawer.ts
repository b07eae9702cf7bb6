import { find } from "./dom";

const wide = matchMedia("(min-width: 60rem)");
const drawer = find<HTMLDetailsElement>(document, ".conversations");
// The heading stays, to say where one is; nothing in it takes a focus.
const behind = [...document.querySelectorAll<HTMLElement>(".skip, .brand, .new-chat, .download, main > :not(.head)")];

/** Beside the conversation where there is room; else before it, and then nothing behind it can be reached. */
export function mindDrawer(): void {
  wide.addEventListener("change", settle);
  drawer.addEventListener("toggle", () => {
    for (const element of behind) element.inert = drawer.open && !wide.matches;
  });
  // Its backdrop is its own.
  drawer.addEventListener("click", ({ target }) => target === drawer && closeDrawer());
  settle();
}

/** @returns Whether it was open before the conversation. */
export function closeDrawer(): boolean {
  if (wide.matches || !drawer.open) return false;
  drawer.open = false;
  find(drawer, "summary").focus();
  return true;
}

export const openDrawer = () => void (drawer.open = true);

// Browsers without ::details-content need it opened where it is always shown.
const settle = () => void (drawer.open = wide.matches);
