import { button, element } from "./elements";
import { announce, find, onKey } from "./given";

/** How long it is shown, in milliseconds. */
const shownFor = 10_000;

let shown: { box: HTMLElement; undo: () => void } | undefined;
let timer: number | undefined;

let listens = false;

/** Says what was done, for some seconds, with a button that takes it back. */
export function toast(text: string, words: { undo: string; close: string; key: string }, undo: () => void): void {
  hide();
  listen();
  const act = () => {
    hide();
    undo();
  };
  const box = element("div", { className: "toast" }, element("span", {}, text));
  box.append(button(words.undo, act, ""), button(words.close, hide, "quiet round", "close"));
  box.setAttribute("role", "group");
  box.ariaLabel = text;
  for (const sign of ["pointerenter", "focusin"]) box.addEventListener(sign, () => clearTimeout(timer));
  for (const sign of ["pointerleave", "focusout"]) box.addEventListener(sign, wait);
  // Beside the drawer, which may close.
  find(document, ".conversations").after(box);
  shown = { box, undo: act };
  announce(`${text} ${words.key}`);
  wait();
}

/** Says in the same place that something did not come about. */
export function warn(text: string, say: (name: string) => string): void {
  toast(text, { undo: say("ok"), close: say("close"), key: "" }, () => {});
}

function wait(): void {
  clearTimeout(timer);
  timer = window.setTimeout(hide, shownFor);
}

function hide(): void {
  clearTimeout(timer);
  if (shown?.box.contains(document.activeElement)) document.querySelector<HTMLElement>(".list a.open[tabindex='0']")?.focus();
  shown?.box.remove();
  shown = undefined;
}

function listen(): void {
  if (listens) return;
  listens = true;
  onKey(document, (event) => {
    const { key, target } = event;
    if (!shown || key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    // In a field the key takes back what was typed there, as long as there is something.
    if (target instanceof HTMLElement && target.matches("input[type=search], input[type=text], textarea")) {
      if ((target as HTMLInputElement).value) return;
    }
    event.preventDefault();
    shown.undo();
  });
}
