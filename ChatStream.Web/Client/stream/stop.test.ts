import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost, settle, status, unreachable } from "./fake-host";
import { stopAnswer } from "./stop";

const url = "/chat/stream/G/stop";
const html = { "Content-Type": "text/html" };

function stop(host: FakeHost) {
  const over = new AbortController();
  return { over, stopped: stopAnswer(url, host, over.signal) };
}

test("Stop is sent again until the server has answered", async () => {
  const host = new FakeHost([unreachable, status(502), status(429), status(200, "<p>Sign in</p>", html), status(204)]);
  const { stopped } = stop(host);
  await host.advance(60_000);
  await stopped;
  assert.equal(host.requests.length, 5);
  assert.ok(host.requests.every((request) => request.url === url && request.method === "POST"));
  assert.ok(host.idle);
});

for (const code of [204, 403, 404])
  test(`${code} is an answer to Stop`, async () => {
    const host = new FakeHost([status(code)]);
    await stop(host).stopped;
    assert.equal(host.requests.length, 1);
  });

test("A Stop without a response is sent again after 20 seconds", async () => {
  const never = (_: unknown, signal: AbortSignal) =>
    new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  const host = new FakeHost([never, status(204)]);
  const { stopped } = stop(host);
  await host.advance(21_000);
  await stopped;
  assert.equal(host.requests.length, 2);
});

test("Stop is not sent again after the answer has ended", async () => {
  const host = new FakeHost([unreachable]);
  const { over, stopped } = stop(host);
  await settle();
  over.abort();
  await stopped;
  await host.advance(60_000);
  assert.equal(host.requests.length, 1);
  assert.ok(host.idle);
});
