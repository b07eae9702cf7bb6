import { find } from "./dom";

const wide = matchMedia("(min-width: 60rem)");
const drawer = find<HTMLDetailsElement>(document, ".conversations");
// The heading is not in the list: it says where the user is, and nothing in it takes the focus.
const behind = [...document.querySelectorAll<HTMLElement>(".skip, .brand, .new-chat, .download, main > :not(.head)")];

/** Keeps the list open beside the conversation on a wide page. On a narrow one it covers the page, which is then inert. */
export function mindDrawer(): void {
  wide.addEventListener("change", settle);
  drawer.addEventListener("toggle", mindFocus);
  // A click on the backdrop has the drawer itself as its target.
  drawer.addEventListener("click", ({ target }) => target === drawer && closeDrawer());
  settle();
}

/** Closes the drawer where it covers the page. Returns true if it was open. */
export function closeDrawer(): boolean {
  if (wide.matches || !drawer.open) return false;
  drawer.open = false;
  mindFocus();
  find(drawer, "summary").focus();
  return true;
}

export const openDrawer = () => void (drawer.open = true);

export const onDrawerOpen = (listener: () => void) => drawer.addEventListener("toggle", () => drawer.open && listener());

function settle(): void {
  // Browsers without ::details-content show it beside the conversation only if it is open.
  drawer.open = wide.matches;
  // One that was open already sends no event.
  mindFocus();
}

function mindFocus(): void {
  for (const element of behind) element.inert = drawer.open && !wide.matches;
}
