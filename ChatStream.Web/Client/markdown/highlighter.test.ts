import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { highlighted } from "./highlight";
import { type Asked, Highlighter } from "./highlighter";

mock.timers.enable({ apis: ["setTimeout"] });
Object.assign(globalThis, { window: globalThis });

/** A worker that answers when the test says so. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: (message: { data: unknown }) => void = () => {};
  onerror: () => void = () => {};
  asked: Asked[] = [];
  isTerminated = false;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage = (asked: Asked) => void this.asked.push(asked);
  terminate = () => void (this.isTerminated = true);
  say = (data: unknown) => this.onmessage({ data });
}

function highlighter() {
  FakeWorker.all = [];
  const shown: unknown[] = [];
  const { highlight } = new Highlighter(() => new FakeWorker() as unknown as Worker);
  return {
    shown,
    ask: (code: string) => highlight(code, "js", (parts) => shown.push(parts)),
    worker: (at: number) => FakeWorker.all[at]!,
  };
}

test("Blocks are highlighted one after the other", () => {
  const { ask, shown, worker } = highlighter();
  ask("a");
  ask("b");
  assert.deepEqual(worker(0).asked, [], "not before it is loaded");
  worker(0).say("ready");
  assert.deepEqual(worker(0).asked, [{ code: "a", language: "js" }]);
  worker(0).say(["A"]);
  worker(0).say(["B"]);
  assert.deepEqual(shown, [["A"], ["B"]]);
  assert.equal(FakeWorker.all.length, 1);
});

test("A block that takes too long is given up, and the next one is highlighted", () => {
  const { ask, shown, worker } = highlighter();
  ask("slow");
  ask("b");
  worker(0).say("ready");
  mock.timers.tick(1_000);
  assert.equal(worker(0).isTerminated, true);
  worker(1).say("ready");
  worker(1).say(["B"]);
  assert.deepEqual(shown, [["B"]]);
});

test("After five failures no worker is begun", () => {
  const { ask, shown, worker } = highlighter();
  for (let i = 0; i < 5; i++) {
    ask("slow");
    worker(i).say("ready");
    mock.timers.tick(1_000);
  }
  ask("b");
  assert.equal(FakeWorker.all.length, 5);
  assert.deepEqual(shown, []);
});

test("A worker that cannot be loaded, or begun, leaves code as it is", () => {
  const { ask, worker } = highlighter();
  for (let i = 0; i < 5; i++) {
    ask("a");
    worker(i).onerror();
  }
  assert.equal(FakeWorker.all.length, 5);
  const { highlight } = new Highlighter(() => {
    throw new TypeError("No workers here");
  });
  highlight("a", "js", () => assert.fail("no colours"));
});

test("Code is coloured, unknown languages and code without end in its nesting are not", () => {
  assert.deepEqual(highlighted("let a;", "js"), [{ kind: "keyword", parts: ["let"] }, " a", ";"]);
  assert.equal(highlighted("let a;", "nonsense"), undefined);
  assert.equal(highlighted("`${\n".repeat(1_000), "js"), undefined);
});
