import { announce, clone, find } from "./given";
import { laterWords } from "./later-words";
import { sentencesOf } from "./sentences";
import { languageOf } from "./tongue";

const speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;

/** What is read now. A new one ends it. */
let reading: { readonly button: HTMLElement; end(): void } | undefined;

/** Offers to read an answer aloud, where the browser can. */
export function offerReading(article: HTMLElement): void {
  if (!speech || article.dataset["state"] !== "ended" || article.dataset["empty"] === "true") return;
  if (article.querySelector("[data-action=speak]")) return;
  if (speech.getVoices().length > 0) return find(article, ".meta").append(clone("speak-buttons"));
  // Some browsers know their voices later.
  speech.addEventListener("voiceschanged", () => article.isConnected && offerReading(article), { once: true });
}

/** Reads an answer, pauses, or goes on. */
export async function readAloud(article: HTMLElement, button: HTMLElement): Promise<void> {
  if (!speech) return;
  if (reading?.button === button) {
    const isPaused = button.dataset["speaks"] === "paused";
    if (isPaused) speech.resume();
    else speech.pause();
    return show(button, isPaused ? "now" : "paused");
  }
  stopReading();
  const say = await laterWords();
  const text = find(article, ".text");
  const sentences = sentencesOf(text, say("code-skipped"), say("formula-skipped"));
  const language = languageOf(sentences.join(" ")) ?? document.documentElement.lang;
  const voice = speech.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(language.slice(0, 2)));
  const mine = { button, end: () => show(button, undefined) };
  reading = mine;
  show(button, "now");
  const next = () => {
    if (reading !== mine) return;
    const sentence = sentences.shift();
    if (sentence === undefined || !article.isConnected) return stopReading();
    // One sentence at a time: some browsers stop in the middle of a long text.
    const said = new SpeechSynthesisUtterance(sentence);
    said.lang = voice?.lang ?? language;
    if (voice) said.voice = voice;
    said.addEventListener("end", next);
    said.addEventListener("error", ({ error }) => {
      if (reading !== mine || error === "interrupted" || error === "canceled") return;
      announce(say("not-read"));
      stopReading();
    });
    speech.speak(said);
  };
  next();
}

export function stopReading(): void {
  const last = reading;
  reading = undefined;
  speech?.cancel();
  // Else what is read next waits for "resume".
  speech?.resume();
  last?.end();
}

// A browser goes on after its page has been left.
addEventListener("pagehide", stopReading);

/** Shows the button as what it does next. */
function show(button: HTMLElement, state: "now" | "paused" | undefined): void {
  if (state) button.dataset["speaks"] = state;
  else delete button.dataset["speaks"];
  button.querySelector("use")?.setAttribute("href", state === "now" ? "#i-pause" : state === "paused" ? "#i-play" : "#i-speak");
  const name = button.dataset[state === "now" ? "pause" : state === "paused" ? "goOn" : "read"] ?? "";
  button.title = button.ariaLabel = name;
  const stop = button.nextElementSibling as HTMLElement | null;
  if (!stop) return;
  if (!state && document.activeElement === stop) button.focus();
  stop.hidden = !state;
}
