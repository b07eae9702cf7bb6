import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, FakeHost, frames, G, Recorder, settle, status, storedFrames, stream, unreachable } from "./fake-host";
import { type Origin, streamAnswer } from "./session";

const begin: Origin = { start: { key: "k1", body: { message: "Hello" } } };
const attach: Origin = { attach: G };
const pieces = ["Hel", "lo, ", "wörld 🌍"];
const whole = pieces.join("");

function run(host: FakeHost, origin: Origin = begin) {
  const recorder = new Recorder();
  const leave = new AbortController();
  return { recorder, leave, outcome: streamAnswer("/chat/stream", origin, host, recorder, leave.signal) };
}

test("A start is posted with its key, and the answer is read to its end", async () => {
  const host = new FakeHost([stream(frames(pieces))]);
  const { recorder, outcome } = run(host);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
  assert.deepEqual(
    recorder.events.map((e) => e.type),
    ["start", "text", "text", "text", "finish", "stop"],
  );
  assert.deepEqual(recorder.connections, []);
  const [request] = host.requests;
  assert.equal(request!.method, "POST");
  assert.equal(request!.headers.get("Idempotency-Key"), "k1");
  assert.equal(request!.headers.get("Accept"), "text/event-stream");
  assert.equal(request!.body, '{"message":"Hello"}');
  assert.ok(host.idle, "no timer and no listener is left");
});

test("Every split of a stream gives the same answer", async () => {
  const log = bytes(frames(pieces).join(""));
  for (let at = 0; at <= log.length; at++) {
    const { recorder, outcome } = run(new FakeHost([stream([log.subarray(0, at), log.subarray(at)])]));
    assert.deepEqual(await outcome, { type: "ended" }, `split at ${at}`);
    assert.equal(recorder.text, whole, `split at ${at}`);
  }
});

test("Multi-byte characters arrive whole when the stream comes byte by byte", async () => {
  const log = bytes(frames(pieces).join(""));
  const { recorder, outcome } = run(new FakeHost([stream([...log].map((b) => Uint8Array.of(b)))]));
  await outcome;
  assert.equal(recorder.text, whole);
});

test("CRLF, CR, comments and a byte order mark change nothing", async () => {
  for (const end of ["\r\n", "\r"]) {
    const log = bytes("\uFEFF:\n\n" + frames(pieces).join(":\n\n").replaceAll("\n", end));
    for (let at = 0; at <= log.length; at++) {
      const { recorder, outcome } = run(new FakeHost([stream([log.subarray(0, at), log.subarray(at)])]));
      await outcome;
      assert.equal(recorder.text, whole, `split at ${at}`);
    }
  }
});

test("A stream that is cut at any frame is resumed there, each token shown once", async () => {
  const all = frames(pieces);
  for (const then of ["end", "break"] as const)
    for (let cut = 1; cut < all.length; cut++) {
      const host = new FakeHost([stream(all.slice(0, cut), then), stream(all.slice(cut))]);
      const { recorder, outcome } = run(host);
      await host.advance(1_000);
      assert.deepEqual(await outcome, { type: "ended" });
      assert.equal(recorder.text, whole);
      assert.equal(host.requests[1]!.url, `/chat/stream/${G}`);
      assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.${cut - 1}`);
      assert.equal(host.requests[1]!.method, "GET");
      assert.deepEqual(recorder.connections, [false, true]);
    }
});

test("An event that is cut in the middle counts as not received", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream([all[0]!, all[1]!.slice(0, -1)]), stream(all.slice(1))]);
  const { recorder, outcome } = run(host);
  await host.advance(1_000);
  await outcome;
  assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.0`);
  assert.equal(recorder.text, whole);
});

test("A repeated frame is dropped", async () => {
  const all = frames(pieces);
  const { recorder, outcome } = run(new FakeHost([stream([...all.slice(0, 3), ...all.slice(1)])]));
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
});

test("A frame after a gap is not shown; the page requests again from its last frame", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream([all[0]!, all[1]!, all[3]!, all[4]!]), stream(all.slice(2))]);
  const { recorder, outcome } = run(host);
  await host.advance(1_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.1`);
  assert.equal(recorder.text, whole);
});

test("A frame whose data is not JSON is requested again", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream([all[0]!, `data: {"te\nid: ${G}.1\n\n`]), stream(all.slice(1))]);
  const { recorder, outcome } = run(host);
  await host.advance(1_000);
  await outcome;
  assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.0`);
  assert.equal(recorder.text, whole);
});

test("An unknown event counts as a frame and is skipped", async () => {
  const all = frames(pieces);
  all.splice(1, 1, `event: sparkle\ndata: not json\nid: ${G}.1\n\n`);
  const { recorder, outcome } = run(new FakeHost([stream(all)]));
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, pieces.slice(1).join(""));
});

test("Before the first frame, the same key and body are posted again", async () => {
  const host = new FakeHost([unreachable, stream([]), stream([":\n\n"], "break"), stream(frames(pieces))]);
  const { recorder, outcome } = run(host);
  await host.advance(10_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
  assert.equal(host.requests.length, 4);
  for (const request of host.requests) {
    assert.equal(request.method, "POST");
    assert.equal(request.headers.get("Idempotency-Key"), "k1");
    assert.equal(request.body, host.requests[0]!.body);
  }
});

test("A 502 after a lost start is tried again, a 502 to the first request is shown", async () => {
  const host = new FakeHost([unreachable, status(502), stream(frames(pieces))]);
  const lost = run(host);
  await host.advance(10_000);
  assert.deepEqual(await lost.outcome, { type: "ended" });
  const first = run(new FakeHost([status(502)]));
  assert.deepEqual(await first.outcome, { type: "refused", problem: { status: 502 } });
});

test("Attaching requests all frames, without Last-Event-ID", async () => {
  const host = new FakeHost([stream(frames(pieces))]);
  const { recorder, outcome } = run(host, attach);
  await outcome;
  assert.equal(host.requests[0]!.url, `/chat/stream/${G}`);
  assert.equal(host.requests[0]!.headers.has("Last-Event-ID"), false);
  assert.equal(recorder.text, whole);
});

for (let cut = 1; cut < 4; cut++)
  test(`A stored answer that is cut after frame ${cut - 1} replaces the shown text, and the answer ends`, async () => {
    const stored = storedFrames("kept");
    const host = new FakeHost([
      stream(frames(pieces).slice(0, 2), "break"),
      stream(stored.slice(0, cut)),
      stream(stored.slice(cut)),
    ]);
    const { recorder, outcome } = run(host);
    await host.advance(5_000);
    assert.deepEqual(await outcome, { type: "ended" });
    assert.equal(recorder.text, "kept");
    assert.deepEqual(
      recorder.events.map((e) => e.type),
      ["start", "text", "snapshot", "finish", "stop"],
    );
    assert.equal(host.requests[2]!.headers.get("Last-Event-ID"), `${G}.s${cut - 1}`);
  });

test("A repeated start whose log is gone learns of its conversation before it gets the text", async () => {
  const host = new FakeHost([stream(storedFrames("kept"))]);
  const { recorder, outcome } = run(host);
  assert.deepEqual(await outcome, { type: "ended" });
  const [start, snapshot] = recorder.events;
  assert.ok(start?.type === "start" && start.conversationId === "c" && start.generationId === G);
  assert.deepEqual(snapshot, { type: "snapshot", text: "kept" });
});

test("204 means that all frames were delivered", async () => {
  const host = new FakeHost([stream(frames(pieces).slice(0, -1)), status(204)]);
  const { recorder, outcome } = run(host);
  await host.advance(1_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
});

for (const code of [400, 403, 404, 410])
  test(`${code} on attaching is final`, async () => {
    assert.deepEqual(await run(new FakeHost([status(code)]), attach).outcome, { type: "gone", status: code });
  });

for (const code of [429, 500, 502, 503])
  test(`${code} on attaching is tried again`, async () => {
    const host = new FakeHost([status(code), stream(frames(pieces))]);
    const { outcome } = run(host, attach);
    await host.advance(1_000);
    assert.deepEqual(await outcome, { type: "ended" });
  });

test("A refusal has the problem and the seconds of Retry-After", async () => {
  const problem = { code: "message_too_long", numbers: [302, 256], generationId: G };
  const { outcome } = run(new FakeHost([status(429, { ...problem, detail: "Wait." }, { "Retry-After": "7" })]));
  assert.deepEqual(await outcome, { type: "refused", problem: { status: 429, ...problem, retryAfter: 7 } });
});

test("Delays double up to 30 s, and start again after a new frame", async () => {
  const all = frames(pieces);
  const host = new FakeHost([
    stream(all.slice(0, 1)),
    ...Array.from({ length: 7 }, () => unreachable),
    stream(all.slice(1, 2)),
    stream(all.slice(2)),
  ]);
  const { outcome } = run(host);
  await host.advance(200_000);
  assert.deepEqual(await outcome, { type: "ended" });
  const waits = host.delays.filter((d) => d !== 45_000);
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 1_000]);
});

test("A wake-up ends the delay", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream(all.slice(0, 2)), stream(all.slice(2))]);
  const { outcome } = run(host);
  await settle();
  assert.equal(host.requests.length, 1);
  host.signal("wake");
  assert.deepEqual(await outcome, { type: "ended" });
});

test("45 s without a byte is a lost connection", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream(all.slice(0, 2), "open"), stream(all.slice(2))]);
  const { recorder, outcome } = run(host);
  await host.advance(44_000);
  assert.deepEqual(recorder.connections, []);
  await host.advance(3_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
});

test("No response is a lost connection", async () => {
  const never = (_: unknown, signal: AbortSignal) =>
    new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  const host = new FakeHost([never, stream(frames(pieces))]);
  const { outcome } = run(host);
  await host.advance(47_000);
  assert.deepEqual(await outcome, { type: "ended" });
});

test("A page that the user leaves closes its stream, and resumes when the user is back", async () => {
  const all = frames(pieces);
  const host = new FakeHost([stream(all.slice(0, 2), "open"), stream(all.slice(2))]);
  const { recorder, outcome } = run(host);
  await settle();
  host.signal("sleep");
  await settle();
  host.signal("wake");
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, whole);
});

test("Leaving ends the stream without another request", async () => {
  const host = new FakeHost([stream(frames(pieces).slice(0, 2), "open")]);
  const { leave, outcome } = run(host);
  await settle();
  leave.abort();
  assert.deepEqual(await outcome, { type: "left" });
  assert.ok(host.idle);
});
