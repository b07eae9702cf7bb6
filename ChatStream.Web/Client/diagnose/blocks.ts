/** An event, or a comment, with the time at which its last byte arrived, in milliseconds. */
export interface Block {
  at: number;
  /** Empty for a comment. */
  event: string;
  data: string;
}

/**
 * Reads the blocks of an event stream as they come. It knows as much of the format as ChatStream writes: LF ends a line, and an
 * event has one line of data. The chat page's reader knows all of it, and is too large for this page.
 */
export async function* blocks(body: ReadableStream<Uint8Array>, now: () => number): AsyncGenerator<Block> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const at = now();
    const whole = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = whole.pop()!;
    for (const text of whole) yield { at, ...parse(text) };
  }
}

function parse(text: string) {
  const fields = new Map(text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { event: fields.get("event") ?? (fields.has("data") ? "message" : ""), data: fields.get("data") ?? "" };
}
