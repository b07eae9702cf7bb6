import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost, frames, G, Recorder, settle, status, stream, unreachable } from "./fake-host";
import { type Origin, streamAnswer } from "./session";

const all = frames(["a", "b", "c", "d"]);
const running = status(200, { generationId: G, state: "running", text: "ab" });
const ended = status(200, { generationId: G, state: "ended", text: "abcd" });

function run(host: FakeHost, origin: Origin = { attach: G }) {
  const recorder = new Recorder();
  const leave = new AbortController();
  return { recorder, leave, outcome: streamAnswer("/chat/stream", origin, host, recorder, leave.signal) };
}

test("A tab that is hidden for a short time keeps its stream", async () => {
  const host = new FakeHost([stream(all.slice(0, 2), "open")]);
  const { leave, outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(15_000);
  host.show();
  await host.advance(15_000);
  assert.equal(host.requests.length, 1);
  leave.abort();
  await outcome;
  assert.ok(host.idle);
});

test("A hidden tab closes its stream, polls once a minute, and reads the rest when the answer has ended", async () => {
  const host = new FakeHost([stream(all.slice(0, 3), "open"), running, unreachable, ended, stream(all.slice(3))]);
  const { recorder, outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(30_000 + 2 * 60_000);
  assert.equal(host.requests.length, 3);
  assert.equal(host.requests[1]!.url, `/chat/stream/${G}`);
  assert.equal(host.requests[1]!.headers.get("Accept"), "application/json");
  await host.advance(60_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(host.requests[4]!.headers.get("Last-Event-ID"), `${G}.2`);
  assert.equal(recorder.text, "abcd");
  assert.deepEqual(recorder.connections, [], "no lost connection is shown");
  assert.ok(host.idle);
});

test("A tab that is visible again resumes at once from its last frame, each token shown once", async () => {
  for (let cut = 1; cut < all.length; cut++) {
    const host = new FakeHost([stream(all.slice(0, cut), "open"), stream(all.slice(cut))]);
    const { recorder, outcome } = run(host);
    await settle();
    host.hide();
    await host.advance(50_000);
    host.show();
    assert.deepEqual(await outcome, { type: "ended" });
    assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.${cut - 1}`);
    assert.equal(recorder.text, "abcd");
  }
});

test("A tab that is visible again does not wait for the reply to a poll", async () => {
  const never = (_: unknown, signal: AbortSignal) =>
    new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  const host = new FakeHost([stream(all.slice(0, 2), "open"), never, stream(all.slice(2))]);
  const { recorder, outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(95_000);
  assert.equal(host.requests.length, 2);
  host.show();
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, "abcd");
});

test("The error status of a failed answer ends polling, the error status of a proxy does not", async () => {
  const host = new FakeHost([
    stream(all.slice(0, 2), "open"),
    status(502),
    status(503, { state: "ended", finishReason: "failed" }),
    stream(all.slice(2)),
  ]);
  const { outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(30_000 + 2 * 60_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(host.requests.length, 4);
});

test("An answer that was deleted in the meantime is gone", async () => {
  const host = new FakeHost([stream(all.slice(0, 2), "open"), status(404, {}), status(404, {})]);
  const { outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(90_000);
  assert.deepEqual(await outcome, { type: "gone", status: 404 });
});

test("A tab that was opened hidden closes its stream too", async () => {
  const host = new FakeHost([stream(all.slice(0, 2), "open"), ended, stream(all.slice(2))]);
  host.hidden = true;
  const { recorder, outcome } = run(host);
  await host.advance(90_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, "abcd");
});

test("A hidden tab waits for the confirmation of its start", async () => {
  const slow = async () => {
    await new Promise<void>((resolve) => host.setTimeout(resolve, 40_000));
    return stream(all)({} as never, new AbortController().signal);
  };
  const host: FakeHost = new FakeHost([slow]);
  const { recorder, outcome } = run(host, { start: { key: "k", body: { message: "Hello" } } });
  await settle();
  host.hide();
  await host.advance(41_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, "abcd");
  assert.equal(host.requests.length, 1);
});

test("A hidden tab does not resume when the network is back", async () => {
  const host = new FakeHost([stream(all.slice(0, 2), "open"), running, running]);
  const { leave, outcome } = run(host);
  await settle();
  host.hide();
  await host.advance(40_000);
  host.signal("wake");
  await host.advance(60_000);
  assert.ok(host.requests.slice(1).every((request) => request.headers.get("Accept") === "application/json"));
  leave.abort();
  assert.deepEqual(await outcome, { type: "left" });
  assert.ok(host.idle);
});
