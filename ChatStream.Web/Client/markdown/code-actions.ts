/** The buttons over blocks of code, wherever in the document they come to stand. */
export function offerCodeActions(words: { copy: string; copied: string }): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-code]") : null;
    const frame = button?.closest<HTMLElement>(".code");
    if (!button || !frame) return;
    if (button.dataset["code"] === "wrap") {
      const wraps = frame.classList.toggle("wraps");
      button.setAttribute("aria-pressed", String(wraps));
    } else void copy(frame.querySelector("code")!.textContent, button, words);
  });
}

const shownFor = 2_000;

async function copy(text: string, button: HTMLElement, words: { copy: string; copied: string }): Promise<void> {
  if (!(await copyText(text.replace(/\n$/, "")))) return;
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = words.copy), shownFor);
}

/** Over plain HTTP there is no clipboard but what a selection copies. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return copied;
}
