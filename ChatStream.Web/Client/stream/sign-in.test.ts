import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost, frames, G, Recorder, settle, status, stream } from "./fake-host";
import { Listing } from "./listing";
import { type Origin, streamAnswer } from "./session";
import { isSignIn } from "./sign-in";

const html = { "Content-Type": "text/html; charset=utf-8" };
const problem = { "Content-Type": "application/problem+json" };
const page = (code: number) => status(code, "<h1>Sign in</h1>", html);

/** What a browser gives for a redirect that it does not follow. */
const opaque = () => Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });

const signIns = {
  "a page": page(200),
  "a 401 page": page(401),
  "a 403 page": page(403),
  "a redirect": status(302),
  "opaque": opaque,
};
const start: Origin = { start: { key: "k1", body: { message: "Hello" } } };

function run(host: FakeHost, origin: Origin) {
  const recorder = new Recorder();
  return { recorder, outcome: streamAnswer("/chat/stream", origin, host, recorder, new AbortController().signal) };
}

for (const [name, answer] of Object.entries(signIns)) {
  test(`A start that is answered by ${name} is signed out`, async () => {
    const host = new FakeHost([answer]);
    assert.deepEqual(await run(host, start).outcome, { type: "signed-out" });
    assert.ok(host.idle);
  });

  test(`An answer whose connection is lost, and then answered by ${name}, is signed out`, async () => {
    const host = new FakeHost([stream(frames(["a", "b"]).slice(0, 2)), answer]);
    const { recorder, outcome } = run(host, start);
    await host.advance(1_000);
    assert.deepEqual(await outcome, { type: "signed-out" });
    assert.equal(recorder.text, "a");
    assert.equal(host.requests.length, 2);
  });
}

test("Errors of the server and of proxies are no sign-in", () => {
  for (const code of [404, 410, 429, 500, 502, 503])
    assert.equal(isSignIn(new Response("<h1>No</h1>", { status: code, headers: html })), false, `${code} as HTML`);
  for (const code of [400, 403, 404, 409])
    assert.equal(isSignIn(new Response("{}", { status: code, headers: problem })), false, `${code} as JSON`);
  assert.equal(isSignIn(new Response(null, { status: 204 })), false);
  assert.equal(isSignIn(new Response("", { headers: { "Content-Type": "text/event-stream" } })), false);
});

test("A list that a sign-in page answers has failed, and keeps its rows", async () => {
  const shown: unknown[] = [];
  const host = new FakeHost([page(200)]);
  await new Listing("/conversations", host, (listed) => shown.push(listed)).refresh();
  await settle();
  assert.deepEqual(shown, []);
});

test("A deleted conversation refuses the repeat of its start", async () => {
  const gone = status(410, { code: "conversation_deleted" }, problem);
  const { outcome } = run(new FakeHost([gone]), start);
  assert.deepEqual(await outcome, { type: "refused", problem: { status: 410, code: "conversation_deleted" } });
});

test("A stored answer begins with its start, also after a cut between its frames", async () => {
  const started = { generationId: G, conversationId: "c", messageId: "m", parentId: "p", model: "demo", title: "Hi" };
  const stored = [
    `event: start\nretry: 1000\ndata: ${JSON.stringify(started)}\nid: ${G}.s0\n\n`,
    `event: snapshot\ndata: {"text":"kept"}\nid: ${G}.s1\n\n`,
    `event: finish\ndata: {"reason":"completed"}\nid: ${G}.s2\n\n`,
    `event: stop\ndata: stopped\nid: ${G}.s3\n\n`,
  ];
  for (let cut = 0; cut <= stored.length; cut++) {
    const host = new FakeHost([stream(stored.slice(0, cut)), stream(stored.slice(cut))]);
    const { recorder, outcome } = run(host, start);
    await host.advance(1_000);
    assert.deepEqual(await outcome, { type: "ended" });
    assert.equal(recorder.text, "kept");
    assert.equal(recorder.events.filter(({ type }) => type === "start").length, 1);
    if (cut > 0 && cut < 4) assert.equal(host.requests[1]!.headers.get("Last-Event-ID"), `${G}.s${cut - 1}`);
  }
});
