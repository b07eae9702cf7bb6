import type { Line } from "./extras";
import type { Asked, Said } from "./highlighter";

/** Runs the highlighter in a thread of its own, which can be ended in the middle of its work. */
const page = globalThis as unknown as {
  onmessage: (message: MessageEvent<Asked>) => void;
  postMessage(said: Said): void;
};

/** The block that was coloured last, with its lines. The page has them. */
let last: { block: number; lines: string[] } = { block: 0, lines: [] };

function changed(block: number, lines: readonly Line[]): Said {
  const now = lines.map((line) => JSON.stringify(line));
  const before = last.block === block ? last.lines : [];
  const same = now.findIndex((line, i) => line !== before[i]);
  const from = same < 0 ? now.length : same;
  last = { block, lines: now };
  return { from, lines: lines.slice(from) };
}

try {
  // In a file of its own, which browsers keep.
  const { highlighted } = await import("./highlight");
  page.onmessage = ({ data: { block, code, language } }) => {
    const lines = highlighted(code, language);
    page.postMessage(lines && changed(block, lines));
  };
  page.postMessage("ready");
} catch {
  page.postMessage("failed");
}
