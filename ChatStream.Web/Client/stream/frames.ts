import { createParser } from "eventsource-parser";
import type { Host } from "./host";

export interface Frame {
  id: string | undefined;
  event: string | undefined;
  data: string;
}

export type ReadEnd = "enough" | "lost";

/** Three heartbeats of 15 s, in milliseconds. After this the connection is dead, even if it was not closed. */
export const longestSilence = 45_000;

/** More than one heartbeat, in milliseconds. A connection this silent is dropped when the page wakes up. */
const suspiciousSilence = 20_000;

/**
 * Reads the frames of one response until `onFrame` has enough. The connection is lost if the body breaks, ends too early,
 * or is silent for too long.
 */
export async function readFrames(
  body: ReadableStream<Uint8Array>,
  host: Host,
  signal: AbortSignal,
  onFrame: (frame: Frame) => "more" | "enough" | "lost",
  onRetry: (milliseconds: number) => void,
): Promise<ReadEnd> {
  let verdict: "more" | ReadEnd = "more";
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      if (verdict === "more") verdict = onFrame({ id, event, data });
    },
    onRetry,
  });

  // One decoder for the whole response, because a character may be split over two chunks.
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const drop = () => void reader.cancel().catch(() => {});
  const silence = watchSilence(host, drop);
  signal.addEventListener("abort", drop);
  if (signal.aborted) drop();
  try {
    while (verdict === "more") {
      const chunk = await reader.read().catch(() => undefined);
      if (!chunk || chunk.done) return "lost";
      silence.broken();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
    }
    return verdict;
  } finally {
    silence.stop();
    signal.removeEventListener("abort", drop);
    drop();
  }
}

function watchSilence(host: Host, drop: () => void): { broken(): void; stop(): void } {
  let last = host.now();
  let timer = host.setTimeout(check, longestSilence);

  // One timer that compares clock times. A new timer for each chunk would cost more.
  function check() {
    const left = last + longestSilence - host.now();
    if (left <= 0) drop();
    else timer = host.setTimeout(check, left);
  }

  const unsubscribe = host.onSignal((kind) => {
    if (kind === "wake" && host.now() - last > suspiciousSilence) drop();
  });
  return {
    broken: () => void (last = host.now()),
    stop: () => {
      host.clearTimeout(timer);
      unsubscribe();
    },
  };
}
