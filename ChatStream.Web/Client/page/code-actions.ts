import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { word } from "./words";
import { rememberWrapping } from "./wrapping";

/** Handles the buttons above blocks of code, including blocks that are added later. */
export function offerCodeActions(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-code]") : null;
    const frame = button?.closest<HTMLElement>(".code");
    if (!button || !frame) return;
    if (button.dataset["code"] === "wrap") {
      const isWrapped = frame.classList.toggle("wraps");
      button.ariaPressed = String(isWrapped);
      rememberWrapping(isWrapped);
    } else void copy(frame.querySelector("code")!.textContent.replace(/\n$/, ""), button);
  });
}

/** How long a button says that it has copied, in milliseconds. */
const shownFor = 2_000;

async function copy(code: string, button: HTMLElement): Promise<void> {
  if (!(await copyText(code))) return announce(word("script.not-copied"));
  announce(word("script.copied"));
  const { textContent, ariaLabel } = button;
  if (textContent === word("script.code-copied")) return;
  button.textContent = button.ariaLabel = word("script.code-copied");
  setTimeout(() => Object.assign(button, { textContent, ariaLabel }), shownFor);
}
