import { type Extras, Lazy } from "../markdown/extras";
import { Renderer } from "../markdown/renderer";
import { Turns } from "../markdown/turns";
import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { clone, find } from "./dom";
import { afterFrame } from "./frames";
import { keepSelection } from "./keep-selection";
import { highlight } from "./later/highlighter";
import { word } from "./words";
import { rememberWrapping, wrapsLines } from "./wrapping";

/** The page of a shared conversation. It can be read without this script, as plain text. */
const turns = new Turns(keepSelection, afterFrame);

const extras: Extras = {
  words: (name, number = "") => word(`script.${name}`, number),
  codeBar: (language) => {
    const bar = clone("code-bar");
    find(bar, ".code-language").textContent = language;
    find(bar, "[data-code=wrap]").ariaPressed = String(wrapsLines());
    return bar;
  },
  wraps: wrapsLines,
  highlight: (lines, show) => highlight(lines, (colors) => keepSelection(() => show(colors))),
  turns,
  typesetter: new Lazy(async () => {
    document.head.append(clone("math-style", "link"));
    return (await import("../markdown/typeset")).typeset;
  }),
  characters: new Lazy(async () => (await import("../markdown/characters")).characterOf),
};

/** Shows an answer as Markdown. */
function upgrade(text: HTMLElement, number: number): void {
  const source = text.textContent;
  text.replaceChildren();
  text.classList.add("markdown");
  text.removeAttribute("dir");
  const renderer = new Renderer(text, extras, String(number));
  renderer.add(source);
  renderer.finish();
}

for (const [at, text] of document.querySelectorAll<HTMLElement>("[data-role=assistant] > .text").entries()) {
  turns.run(() => {
    keepSelection(() => upgrade(text, at + 1));
    return false;
  });
}

document.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-code]") : null;
  const frame = button?.closest<HTMLElement>(".code");
  if (!button || !frame) return;
  if (button.dataset["code"] === "wrap") {
    const isWrapped = frame.classList.toggle("wraps");
    button.ariaPressed = String(isWrapped);
    return rememberWrapping(isWrapped);
  }
  const code = frame.querySelector("code")!.textContent.replace(/\n$/, "");
  announce(word((await copyText(code)) ? "script.copied" : "script.not-copied"));
});

for (const time of document.querySelectorAll("time"))
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(
    new Date(time.dateTime),
  );
