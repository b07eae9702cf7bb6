import type { Asked, Said } from "../../diagram/messages";
import { clone, find, markdownExtras, routes } from "./given";
import { laterWords } from "./later-words";

/** Longer code stays code. */
const longest = 10_000;

/** How long the frame may take to load, and to draw one diagram, in milliseconds. */
const longestLoad = 20_000;
const longestDrawing = 5_000;

/** A larger drawing is not shown. In UTF-16 units. */
const largest = 1_000_000;

/** After so many diagrams that took too long, no more are drawn until the page is loaded again. */
const mostFailures = 2;

/** The diagrams that are being drawn. One that ended the page is still there when the page is back, and not drawn again. */
const place = "chatstream.drawing";
const drawing = new Set(read());

let failures = 0;
let waiting: HTMLElement[] = [];
let running: HTMLElement | undefined;
let frame: HTMLIFrameElement | undefined;
let isReady = false;
let timer: number | undefined;

/** Diagrams are drawn before the user comes to them. */
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      queue(target as HTMLElement);
    }
  },
  { rootMargin: "50% 0px" },
);

/** Shows a complete block of Mermaid as a diagram, when it comes near the window. Its code can be shown again. */
export function offerDiagram(block: HTMLElement): void {
  const { length } = codeOf(block);
  if (length === 0 || length > longest || failures >= mostFailures || block.dataset["diagram"]) return;
  if (drawing.has(codeOf(block))) return;
  block.dataset["diagram"] = "waiting";
  near.observe(block);
}

export function toggleDiagram(block: HTMLElement): void {
  show(block, block.dataset["diagram"] === "shown" ? "hidden" : "shown");
}

function read(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "[]") as string[];
  } catch {
    return [];
  }
}

function keep(): void {
  try {
    sessionStorage.setItem(place, JSON.stringify([...drawing]));
  } catch {
    // The browser keeps nothing.
  }
}

const codeOf = (block: HTMLElement) => find(block, "code").textContent;

function show(block: HTMLElement, state: "shown" | "hidden"): void {
  block.dataset["diagram"] = state;
  find(block, "[data-code=diagram]").ariaPressed = String(state === "hidden");
}

function queue(block: HTMLElement): void {
  if (!waiting.includes(block)) waiting.push(block);
  next();
}

function next(): void {
  if (running || failures >= mostFailures) return;
  waiting = waiting.filter(({ isConnected }) => isConnected);
  if (waiting.length === 0) return;
  if (!frame) return begin();
  if (!isReady) return;
  running = waiting.shift()!;
  drawing.add(codeOf(running));
  keep();
  timer = window.setTimeout(give, longestDrawing);
  const asked: Asked = { code: codeOf(running), dark: isDark(), font: getComputedStyle(document.body).fontFamily };
  // The frame has no origin, so none can be named.
  frame.contentWindow?.postMessage(asked, "*");
}

function begin(): void {
  frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.className = "diagram-frame";
  frame.ariaHidden = "true";
  frame.tabIndex = -1;
  frame.src = routes.diagram;
  timer = window.setTimeout(give, longestLoad);
  document.body.append(frame);
}

addEventListener("message", ({ data, source }: MessageEvent<Said>) => {
  if (!frame || source !== frame.contentWindow) return;
  clearTimeout(timer);
  if (data === "ready") isReady = true;
  else if (running) {
    const block = running;
    drawing.delete(codeOf(block));
    keep();
    running = undefined;
    void take(block, data);
  }
  next();
});

/** What takes too long is ended with its frame. */
function give(): void {
  failures++;
  frame?.remove();
  frame = undefined;
  isReady = false;
  const block = running;
  running = undefined;
  if (block) void take(block, { fault: "" });
  next();
}

async function take(block: HTMLElement, said: Exclude<Said, "ready">): Promise<void> {
  const say = await laterWords();
  block.querySelector(".diagram-fault")?.remove();
  if (!("svg" in said) || typeof said.svg !== "string" || said.svg.length > largest) {
    const fault = "fault" in said && typeof said.fault === "string" ? said.fault : "";
    return tell(block, say(fault ? "diagram-fault" : "diagram-failed", fault));
  }
  const image = document.createElement("img");
  image.alt = say("diagram");
  image.width = Math.min(Math.round(Number(said.width)), 10_000) || 300;
  image.height = Math.round((image.width / Number(said.width)) * Number(said.height)) || 150;
  image.src = URL.createObjectURL(new Blob([said.svg], { type: "image/svg+xml" }));
  try {
    // Decoded before it is shown, so that the block changes its height once.
    await image.decode();
  } catch {
    return tell(block, say("diagram-failed"));
  }
  if (!block.isConnected) return;
  // Other work on the texts takes turns too.
  markdownExtras.turns.run(() => {
    const old = block.querySelector<HTMLImageElement>(".diagram img");
    if (old) {
      URL.revokeObjectURL(old.src);
      old.replaceWith(image);
      return false;
    }
    const figure = document.createElement("div");
    figure.className = "diagram";
    figure.tabIndex = 0;
    figure.append(image);
    const button = clone("diagram-button");
    find(block, "[data-code=wrap]").before(button);
    find(block, "pre").after(figure);
    show(block, "shown");
    return false;
  });
}

function tell(block: HTMLElement, text: string): void {
  const line = document.createElement("p");
  line.className = "diagram-fault";
  line.textContent = text;
  block.append(line);
  block.dataset["diagram"] = "failed";
}

// The colours of a drawing are those of the page.
const darkness = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && darkness.matches);
}

function drawAgain(): void {
  for (const block of document.querySelectorAll<HTMLElement>(".code:has(> .diagram)")) queue(block);
}

darkness.addEventListener("change", drawAgain);
new MutationObserver(drawAgain).observe(document.documentElement, { attributeFilter: ["data-theme"] });
