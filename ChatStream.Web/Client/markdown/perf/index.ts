import MarkdownIt from "markdown-it";
import { type Extras, Lazy } from "../extras";
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

const extras: Extras = {
  words: (name, number = "") => `${name} ${number}`,
  codeBar,
  wraps: () => false,
  turns: {
    run: (work) => {
      while (work());
    },
  },
  highlight: ({ code, language }, show) => {
    const lines = highlighted(code, language);
    if (lines) show({ from: 0, lines });
  },
  typesetter: new Lazy<never>(() => new Promise(() => {})),
  characters: new Lazy<never>(() => new Promise(() => {})),
};

/** Shows one frame per piece, without a pause. Layout is measured separately, at every hundredth piece. */
function measure(text: string, begin: (root: HTMLElement) => { add(piece: string): void; frame(): void; finish(): void }): Run {
  const root = document.createElement("div");
  root.className = "text markdown";
  document.body.replaceChildren(root);
  const shown = begin(root);
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
    if (i % 100 !== 0) return;
    const began = performance.now();
    void root.offsetHeight;
    run.layout = Math.max(run.layout, performance.now() - began);
  });
  timed(() => shown.finish());
  root.remove();
  return run;
}

const streaming = (root: HTMLElement) => {
  const renderer = new Renderer(root, extras, "p");
  return { add: (piece: string) => renderer.add(piece), frame: () => void renderer.update(), finish: () => renderer.finish() };
};

const naive = (root: HTMLElement) => {
  const md = new MarkdownIt({ linkify: true });
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
