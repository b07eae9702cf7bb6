import type { Asked, Said } from "./highlighter";

/** Runs the highlighter in a thread of its own, which can be ended in the middle of its work. */
const page = globalThis as unknown as {
  onmessage: (message: MessageEvent<Asked>) => void;
  postMessage(said: Said): void;
};

try {
  // In a file of its own, which browsers keep.
  const { highlighted } = await import("./highlight");
  page.onmessage = ({ data: { code, language } }) => page.postMessage(highlighted(code, language));
  page.postMessage("ready");
} catch {
  page.postMessage("failed");
}
