import { onNextFrame } from "./next-frame";

/** What may take the focus away from an element without removing it. */
const telling = [
  "hidden",
  "disabled",
  "inert",
  "open",
  "data-state",
  "data-finish",
  "data-empty",
  "data-message-id",
  "aria-busy",
];

let last: Element | undefined;

/**
 * Minds that the focus is never lost: when the element that has it is removed, hidden or disabled, it goes to the first of
 * its heirs that can take it.
 */
export function mindFocus(heirsOf: (lost: Element) => HTMLElement[]): void {
  document.addEventListener("focusin", ({ target }) => {
    last = target as Element;
  });
  // A click beside everything wants no focus. An element that was removed is gone when the microtask runs.
  document.addEventListener("focusout", ({ target }) =>
    queueMicrotask(() => {
      if (last === target && !isGone(last as Element)) last = undefined;
    }),
  );

  const check = () => {
    const { activeElement, body } = document;
    const focused = !activeElement || activeElement === body ? last : activeElement;
    if (!focused || !isGone(focused)) return;
    last = undefined;
    for (const heir of heirsOf(focused)) {
      heir.focus({ preventScroll: true });
      if (document.activeElement === heir) return;
    }
  };
  const options = { subtree: true, childList: true, attributes: true, attributeFilter: telling };
  new MutationObserver(() => onNextFrame(check)).observe(document.body, options);
}

const isGone = (element: Element) =>
  !element.isConnected || element.matches(":disabled, [inert] *") || !element.checkVisibility({ visibilityProperty: true });
