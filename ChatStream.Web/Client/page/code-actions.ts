import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { word } from "./words";

/** Handles the buttons above blocks of code, including blocks that are added later. */
export function offerCodeActions(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-code]") : null;
    const frame = button?.closest<HTMLElement>(".code");
    if (!button || !frame) return;
    if (button.dataset["code"] === "wrap") button.ariaPressed = String(frame.classList.toggle("wraps"));
    else void copy(frame.querySelector("code")!.textContent.replace(/\n$/, ""), button);
  });
}

/** How long a button says that it has copied, in milliseconds. */
const shownFor = 2_000;

async function copy(code: string, button: HTMLElement): Promise<void> {
  if (!(await copyText(code))) return announce(word("script.not-copied"));
  announce(word("script.copied"));
  button.textContent = word("script.code-copied");
  setTimeout(() => (button.textContent = word("script.copy-code")), shownFor);
}
