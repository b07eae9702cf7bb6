import { highlighted } from "./highlight";
import type { Asked } from "./highlighter";

/** Runs the highlighter in a thread of its own, which can be ended in the middle of its work. */
const page = globalThis as unknown as {
  onmessage: (message: MessageEvent<Asked>) => void;
  postMessage(message: unknown): void;
};

page.onmessage = ({ data: { code, language } }) => page.postMessage(highlighted(code, language));
page.postMessage("ready");
