import { find } from "./dom";

// On a wide screen the list is always there; browsers without ::details-content need it opened.
const wide = matchMedia("(min-width: 60rem)");
const openWhereWide = () => (find<HTMLDetailsElement>(document, ".conversations").open = wide.matches);

export function keepDrawerOpenWhereWide(): void {
  wide.addEventListener("change", openWhereWide);
  openWhereWide();
}
