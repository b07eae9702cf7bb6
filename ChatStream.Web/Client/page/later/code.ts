import { closeBeside } from "./beside";
import { toggleDiagram } from "./diagram";
import { save } from "./files";
import { announce, clone, copyText, find, onKey, rememberWrapping, word } from "./given";
import { laterWords } from "./later-words";

/** What a file is called, by the name of its language on the page. Others have the name in small letters, or `txt`. */
const extensions: Readonly<Record<string, string>> = {
  "Bash": "sh",
  "C#": "cs",
  "C++": "cpp",
  "Clojure": "clj",
  "Diff": "diff",
  "Dockerfile": "Dockerfile",
  "Elixir": "ex",
  "Erlang": "erl",
  "F#": "fs",
  "GraphQL": "graphql",
  "Haskell": "hs",
  "JavaScript": "js",
  "JSON5": "json5",
  "JSONC": "jsonc",
  "Julia": "jl",
  "Kotlin": "kt",
  "LaTeX": "tex",
  "Makefile": "Makefile",
  "Markdown": "md",
  "MATLAB": "m",
  "Mermaid": "mmd",
  "Objective-C": "m",
  "Perl": "pl",
  "PostgreSQL": "sql",
  "PowerShell": "ps1",
  "Python": "py",
  "Ruby": "rb",
  "Rust": "rs",
  "Shell": "sh",
  "Text": "txt",
  "TypeScript": "ts",
  "VB.NET": "vb",
  "YAML": "yaml",
};

const inSmallLetters = new Set(
  (
    "c css csv dart go graphql hcl html http ini java json jsx less lua php r sass scala scss sql svg swift toml tsx vue " +
    "xml zig"
  ).split(" "),
);

/** The name of the file for code in a language, as the page names it. */
export function fileName(language: string): string {
  const extension = extensions[language] ?? (inSmallLetters.has(language.toLowerCase()) ? language.toLowerCase() : "txt");
  return /^[A-Z]/.test(extension) ? extension : `code.${extension}`;
}

const codeOf = (block: Element) => find(block, "code").textContent.replace(/\n$/, "");
const languageOf = (block: Element) => find(block, ".code-language").textContent;

/** Does what a button above a block of code asks for. */
export function actOnCode(action: string, button: HTMLElement): void {
  const block = button.closest<HTMLElement>(".code");
  if (!block) return;
  if (action === "wrap") wrap(block);
  else if (action === "copy") void copy(codeOf(block), button);
  else if (action === "save") save(`${codeOf(block)}\n`, fileName(languageOf(block)), "text/plain");
  else if (action === "full") openFull(block, button);
  else if (action === "close") button.closest("dialog")?.close();
  else if (action === "diagram") toggleDiagram(block);
}

function wrap(block: HTMLElement): void {
  const isWrapped = block.classList.toggle("wraps");
  find(block, "[data-code=wrap]").ariaPressed = String(isWrapped);
  rememberWrapping(isWrapped);
}

/** How long a button says that it has copied, in milliseconds. */
const shownFor = 2_000;

/** Copies a text. The button tells that it has. */
export async function copy(text: string, button: HTMLElement): Promise<void> {
  if (!(await copyText(text))) return announce(word("script.not-copied"));
  announce(word("script.copied"));
  if (button.dataset["copied"]) return;
  button.dataset["copied"] = "true";
  const copied = (await laterWords())("copied");
  const label = button.querySelector("span:not(.icon)");
  const { ariaLabel } = button;
  const text0 = label?.textContent;
  const icon = button.querySelector("use");
  icon?.setAttribute("href", "#i-check");
  if (label) label.textContent = copied;
  button.ariaLabel = copied;
  setTimeout(() => {
    icon?.setAttribute("href", "#i-copy");
    if (label) label.textContent = text0 ?? "";
    button.ariaLabel = ariaLabel;
    delete button.dataset["copied"];
  }, shownFor);
}

/** How often the code of an open dialog follows a block that grows, in milliseconds. */
const followEvery = 250;

/** Shows a block of code in the whole window. Escape closes it, and the focus goes back to its button. */
function openFull(block: HTMLElement, button: HTMLElement): void {
  const dialog = document.createElement("dialog");
  dialog.className = "full";
  const copied = block.cloneNode(true) as HTMLElement;
  find(copied, "[data-code=full]").replaceWith(clone("code-close"));
  // The last one, where a window is closed.
  find(copied, ".code-bar").append(find(copied, "[data-code=close]"));
  dialog.ariaLabel = languageOf(block) || button.ariaLabel;
  dialog.append(copied);
  let timer: number | undefined;
  const observer = new MutationObserver(() => {
    timer ??= window.setTimeout(() => {
      timer = undefined;
      find(copied, "code").replaceWith(find(block, "code").cloneNode(true));
    }, followEvery);
  });
  observer.observe(find(block, "code"), { childList: true, characterData: true, subtree: true });
  // Escape closes the dialog, and does nothing else.
  onKey(dialog, (event) => event.stopPropagation());
  closeBeside(dialog);
  dialog.addEventListener("close", () => {
    observer.disconnect();
    clearTimeout(timer);
    if (copied.classList.contains("wraps") !== block.classList.contains("wraps")) wrap(block);
    dialog.remove();
    if (button.isConnected) button.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  find(copied, "pre").focus();
}
