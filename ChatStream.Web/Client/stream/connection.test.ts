import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection, type ConnectionState } from "./connection";
import { FakeHost, frames, Recorder, settle, status, stream, unreachable } from "./fake-host";
import { streamAnswer } from "./session";
import { stopAnswer } from "./stop";

const known = status(200, []);
const unknown = status(200, [], { "X-ChatStream-Identity": "new" });
const begin = { start: { key: "k1", body: { message: "Hello" } } };

function connect(host: FakeHost) {
  const shown: string[] = [];
  const say = ({ trouble, seconds }: ConnectionState) => shown.push([trouble ?? "fine", seconds].join(" ").trim());
  const connection = new Connection(host, "/models", say);
  const woken: number[] = [];
  connection.onSignal((kind) => kind === "wake" && woken.push(host.now()));
  const ask = (signal?: AbortSignal) => connection.fetch("/conversations", signal ? { signal } : {}).catch(() => undefined);
  return { shown, woken, connection, ask };
}

test("After a request without a response it asks again, later each time, and counts down", async () => {
  const host = new FakeHost([unreachable, unreachable, unreachable, known]);
  const { shown, woken, connection, ask } = connect(host);
  await ask();
  assert.equal(connection.trouble, "unreachable");
  await host.advance(7_000);
  assert.deepEqual(shown, [
    ...["unreachable 1", "unreachable"],
    ...["unreachable 2", "unreachable 1", "unreachable"],
    ...["unreachable 4", "unreachable 3", "unreachable 2", "unreachable 1", "unreachable", "fine"],
  ]);
  assert.deepEqual(
    host.requests.slice(1).map(({ url }) => url),
    ["/models", "/models", "/models"],
  );
  assert.deepEqual(woken, [7_000], "what waits for the server goes on");
  await host.advance(100_000);
  assert.equal(host.requests.length, 4);
});

test("While an answer waits for its next attempt, that is the one that is shown, and there is no other", async () => {
  const all = frames(["a", "b"]);
  const host = new FakeHost([stream(all.slice(0, 2)), unreachable, unreachable, stream(all.slice(2))]);
  const { shown, connection } = connect(host);
  const recorder = new Recorder();
  const outcome = streamAnswer("/chat/stream", begin, connection, recorder, new AbortController().signal);
  await host.advance(3_000);
  // For a moment, until the answer waits, the page would try again itself.
  const first = ["unreachable 1", "unreachable 2", "unreachable 1", "unreachable"];
  assert.deepEqual(shown.slice(0, 4), first, "a cut stream alone is no trouble");
  await host.advance(4_000);
  assert.deepEqual(await outcome, { type: "ended" });
  assert.equal(recorder.text, "ab");
  assert.equal(shown.at(-1), "fine");
  assert.ok(host.requests.every(({ url }) => url !== "/models"));
});

test("When one request is answered, all that wait try at once", async () => {
  const host = new FakeHost([unreachable, unreachable, known, status(204)]);
  const { connection, ask } = connect(host);
  const stopped = stopAnswer("/stop", connection, new AbortController().signal);
  await host.advance(500);
  await ask();
  await stopped;
  assert.deepEqual(
    host.requests.map(({ url }) => url),
    ["/stop", "/stop", "/conversations", "/stop"],
  );
  assert.equal(host.now(), 500);
});

test("'Try now' tries now", async () => {
  const host = new FakeHost([unreachable, unreachable, known]);
  const { shown, connection, ask } = connect(host);
  await ask();
  await host.advance(1_000);
  connection.tryNow();
  await settle();
  assert.equal(shown.at(-1), "fine");
  assert.equal(host.now(), 1_000);
  connection.tryNow();
  await settle();
  assert.equal(host.requests.length, 3, "there is nothing to try");
});

test("Without a network it says so at once, and with it again it tries at once", async () => {
  const host = new FakeHost([unreachable, unreachable]);
  const { shown, woken, ask } = connect(host);
  host.online = false;
  host.signal("offline");
  assert.deepEqual(shown, ["offline"]);
  await ask();
  assert.deepEqual(shown, ["offline"]);
  host.online = true;
  host.signal("wake");
  assert.deepEqual([shown, woken], [["offline", "fine"], [0]]);
  await settle();
  assert.equal(host.requests.length, 2);
  assert.equal(shown.at(-1), "unreachable 2");
});

test("A server that answers is reached, whatever the browser says about the network", async () => {
  const host = new FakeHost([known, unreachable]);
  const { shown, ask } = connect(host);
  host.online = false;
  host.signal("offline");
  await ask();
  assert.deepEqual(shown, ["offline", "fine"]);
  await ask();
  assert.equal(shown.at(-1), "offline");
});

test("A request that the page gives up is no trouble, one without a response in time is", async () => {
  const never = (_: unknown, signal: AbortSignal) =>
    new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const host = new FakeHost([never, never]);
  const { shown, connection, ask } = connect(host);
  const given = new AbortController();
  const first = ask(given.signal);
  given.abort();
  await first;
  assert.deepEqual(shown, []);
  void stopAnswer("/stop", connection, new AbortController().signal);
  await host.advance(20_000);
  assert.deepEqual(shown, ["unreachable 1"]);
});

test("A gateway without its server is told from an error of the server", async () => {
  const problem = { "Content-Type": "application/problem+json" };
  for (const code of [502, 503, 504]) {
    const { connection, ask } = connect(
      new FakeHost([status(code, {}, problem), status(code, "<p>", { "Content-Type": "text/html" })]),
    );
    await ask();
    assert.equal(connection.trouble, undefined, `${code} of the server`);
    await ask();
    assert.equal(connection.trouble, "unreachable", `${code} of the gateway`);
  }
});

test("A sign-in page is a reached proxy, until the server answers again", async () => {
  const page = status(200, "<p>Sign in</p>", { "Content-Type": "text/html" });
  const { shown, ask } = connect(new FakeHost([unreachable, page, known]));
  for (let i = 0; i < 3; i++) await ask();
  assert.deepEqual(
    shown.filter((state) => !state.startsWith("unreachable")),
    ["signed-out", "fine"],
  );
});

test("A proxy that signs the user out of answers only is not forgotten when the list is read", async () => {
  const page = status(302, "", { Location: "https://login.example/" });
  const { connection, ask } = connect(new FakeHost([page, known, known]));
  const start = () => connection.fetch("/chat/stream", { method: "POST" });
  await start();
  await ask();
  assert.equal(connection.trouble, "signed-out");
  await start();
  assert.equal(connection.trouble, undefined);
});

test("A browser that twice comes without its cookie blocks it; once may be an accident", async () => {
  const blocked = connect(new FakeHost([unknown, unknown, known]));
  await blocked.ask();
  await settle();
  assert.deepEqual(blocked.shown, ["cookies"]);
  await blocked.ask();
  assert.deepEqual(blocked.shown, ["cookies", "fine"]);
  const host = new FakeHost([unknown, known, status(404, {}, { "X-ChatStream-Identity": "new" }), known]);
  const cleared = connect(host);
  await cleared.ask();
  await settle();
  await cleared.ask();
  await settle();
  assert.deepEqual(cleared.shown, []);
  assert.equal(host.requests.length, 4);
});

test("One trouble is shown at a time: the one that has to go first", async () => {
  const host = new FakeHost([unreachable]);
  const { connection, ask } = connect(host);
  connection.deleted(true);
  assert.equal(connection.trouble, "deleted");
  connection.signedOut("page", true);
  assert.equal(connection.trouble, "signed-out");
  await ask();
  assert.equal(connection.trouble, "unreachable");
  host.online = false;
  host.signal("offline");
  assert.equal(connection.trouble, "offline");
});

test("A hidden page does not ask; it asks when it is seen", async () => {
  const host = new FakeHost([unreachable, known]);
  const { shown, ask } = connect(host);
  host.hide();
  await ask();
  await host.advance(60_000);
  assert.equal(host.requests.length, 1);
  host.show();
  await host.advance(1_000);
  assert.equal(shown.at(-1), "fine");
});

test("A start that was tried without a network only is known not to have arrived", async () => {
  const host = new FakeHost([unreachable, unreachable, unreachable]);
  host.online = false;
  for (const online of [false, true]) {
    const recorder = new Recorder();
    const leave = new AbortController();
    const outcome = streamAnswer("/chat/stream", begin, host, recorder, leave.signal);
    await settle();
    if (online) {
      host.online = true;
      host.signal("wake");
      await settle();
    }
    leave.abort();
    assert.deepEqual(await outcome, online ? { type: "left" } : { type: "left", unsent: true });
    assert.deepEqual(recorder.unsent, online ? [true, false] : [true]);
  }
});
