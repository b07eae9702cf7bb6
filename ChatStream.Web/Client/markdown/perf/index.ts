import MarkdownIt from "markdown-it";
import { type Colors, type Extras, Lazy, type Lines } from "../extras";
import { highlighted } from "../highlight";
import { Renderer } from "../renderer";
import { codeBar } from "../tests/drive";
import { documents } from "../tests/rendering";

const pieceLength = 5;
const longTask = 50;

interface Run {
  script: number;
  longest: number;
  longTasks: number;
  layout: number;
}

/** What is to be coloured, which a worker does in the product: its work is not measured, what the page does with it is. */
let asked: [lines: Lines, show: (colors: Colors) => void] | undefined;
/** A worker rests four times as long as it worked. */
let restsUntil = 0;
/** The lines that the page has, of the block that was coloured last. */
let last: { block: number; lines: string[] } = { block: 0, lines: [] };

function colour(): (() => void) | undefined {
  const began = performance.now();
  if (!asked || (began < restsUntil && !asked[0].isWhole)) return;
  const [{ block, code, language }, show] = asked;
  asked = undefined;
  const lines = highlighted(code, language);
  const now = (lines ?? []).map((line) => JSON.stringify(line));
  const before = last.block === block ? last.lines : [];
  const same = now.findIndex((line, i) => line !== before[i]);
  const from = same < 0 ? now.length : same;
  last = { block, lines: now };
  const ended = performance.now();
  restsUntil = ended + 4 * (ended - began);
  return lines && (() => show({ from, lines: lines.slice(from) }));
}

const extras: Extras = {
  words: (name, number = "") => `${name} ${number}`,
  codeBar,
  wraps: () => false,
  turns: {
    run: (work) => {
      while (work());
    },
  },
  highlight: (lines, show) => void (asked = [lines, show]),
  typesetter: new Lazy<never>(() => new Promise(() => {})),
  characters: new Lazy<never>(() => new Promise(() => {})),
};

/** Shows one frame per piece, without a pause. Layout is measured separately, at every hundredth piece. */
function measure(text: string, begin: (root: HTMLElement) => { add(piece: string): void; frame(): void; finish(): void }): Run {
  const root = document.createElement("div");
  root.className = "text markdown";
  document.body.replaceChildren(root);
  const shown = begin(root);
  [asked, restsUntil] = [undefined, 0];
  const run: Run = { script: 0, longest: 0, longTasks: 0, layout: 0 };
  const timed = (task: () => void) => {
    const began = performance.now();
    task();
    const took = performance.now() - began;
    run.script += took;
    run.longest = Math.max(run.longest, took);
    if (took > longTask) run.longTasks++;
  };
  text.match(new RegExp(`.{1,${pieceLength}}`, "gs"))!.forEach((piece, i) => {
    timed(() => {
      shown.add(piece);
      shown.frame();
    });
    const show = colour();
    if (show) timed(show);
    if (i % 100 !== 0) return;
    const began = performance.now();
    void root.offsetHeight;
    run.layout = Math.max(run.layout, performance.now() - began);
  });
  timed(() => shown.finish());
  const show = colour();
  if (show) timed(show);
  root.remove();
  return run;
}

const streaming = (root: HTMLElement) => {
  const renderer = new Renderer(root, extras, "p");
  return { add: (piece: string) => renderer.add(piece), frame: () => void renderer.update(), finish: () => renderer.finish() };
};

const naive = (root: HTMLElement) => {
  const md = new MarkdownIt();
  let source = "";
  return {
    add: (piece: string) => void (source += piece),
    frame: () => void (root.innerHTML = md.render(source)),
    finish: () => {},
  };
};

const ways = { streaming, naive };

Object.assign(globalThis, {
  perf: (document: string, kilobytes: number, way: keyof typeof ways) =>
    measure(documents[document]!(kilobytes * 1_000), ways[way]),
});
