/** The distance of a menu from its button and from the edges of the window, in CSS pixels. */
const gap = 4;

/**
 * Opens the menus of the list beside their buttons, above the page, so that nothing is pushed away. A click, the focus or
 * scrolling elsewhere closes them. One in which the user types stays: its on-screen keyboard changes the window.
 */
export function mindMenus(): void {
  // "toggle" may come after a frame that shows the menu where it stood last.
  new MutationObserver((changes) => {
    for (const { target } of changes) if (isMenu(target) && target.open) place(target);
  }).observe(document, { subtree: true, attributeFilter: ["open"] });
  document.addEventListener("pointerdown", ({ target }) => closeExcept(target));
  document.addEventListener("focusin", ({ target }) => closeExcept(target));
  addEventListener("resize", settle);
  // Scrolling does not bubble either.
  addEventListener("scroll", ({ target }) => target instanceof Element && target.matches(".list") && settle(), true);
}

function settle(): void {
  const field = document.querySelector(":is(input, textarea):focus");
  closeExcept(field);
  const menu = field?.closest(".more");
  if (isMenu(menu)) place(menu);
}

const isMenu = (target: EventTarget | null | undefined): target is HTMLDetailsElement =>
  target instanceof HTMLDetailsElement && target.matches(".more");

function closeExcept(target: EventTarget | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(".more[open], .info[open]"))
    if (!(target instanceof Node && menu.contains(target))) menu.open = false;
}

/** Below the button, or above it where there is more room. */
function place(menu: HTMLDetailsElement): void {
  const panel = menu.querySelector<HTMLElement>(".panel");
  const button = menu.querySelector("summary")?.getBoundingClientRect();
  if (!panel || !button) return;
  const { width, height } = panel.getBoundingClientRect();
  const isBelow = button.bottom + gap + height <= innerHeight || button.top < innerHeight - button.bottom;
  const top = isBelow ? button.bottom + gap : button.top - gap - height;
  // Only pages from right to left name their direction.
  const left = Math.min(document.dir ? button.left : button.right - width, innerWidth - gap - width);
  panel.style.top = `${Math.max(gap, Math.min(top, innerHeight - gap - height))}px`;
  panel.style.left = `${Math.max(gap, left)}px`;
}
