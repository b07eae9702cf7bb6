import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { highlighted } from "./highlight";
import { type Asked, Highlighter } from "./highlighter";

mock.timers.enable({ apis: ["setTimeout", "Date"] });
performance.now = () => Date.now();
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
  let blocks = 0;
  return {
    shown,
    ask: (code: string, block = ++blocks, isWhole = true) =>
      highlight({ block, code, language: "js", isWhole }, (colors) => shown.push(colors)),
    worker: (at: number) => FakeWorker.all[at]!,
  };
}

test("Blocks are highlighted one after the other", () => {
  const { ask, shown, worker } = highlighter();
  ask("a");
  ask("b");
  assert.deepEqual(worker(0).asked, [], "not before it is loaded");
  worker(0).say("ready");
  assert.deepEqual(worker(0).asked, [{ block: 1, code: "a", language: "js" }]);
  worker(0).say("A");
  worker(0).say("B");
  assert.deepEqual(shown, ["A", "B"]);
  assert.equal(FakeWorker.all.length, 1);
});

test("Of a block that grows, only the newest state is highlighted, and the worker rests in between", () => {
  const { ask, shown, worker } = highlighter();
  ask("a", 7, false);
  worker(0).say("ready");
  ask("ab", 7, false);
  ask("abc", 7, false);
  mock.timers.tick(100);
  worker(0).say("A");
  assert.equal(worker(0).asked.length, 1, "it took 100 ms, so it rests");
  ask("other", 8, false);
  assert.equal(worker(0).asked.at(-1)!.code, "other", "another block need not wait");
  worker(0).say("O");
  mock.timers.tick(400);
  assert.equal(worker(0).asked.at(-1)!.code, "abc");
  worker(0).say("C");
  ask("abcd", 7, true);
  assert.equal(worker(0).asked.at(-1)!.code, "abcd", "the whole block is highlighted at once");
  worker(0).say("D");
  assert.deepEqual(shown, ["A", "O", "C", "D"]);
});

test("A block that takes too long is given up, and the next one is highlighted", () => {
  const { ask, shown, worker } = highlighter();
  ask("slow", 7, false);
  ask("b");
  worker(0).say("ready");
  ask("slower", 7, true);
  mock.timers.tick(1_000);
  assert.equal(worker(0).isTerminated, true);
  worker(1).say("ready");
  worker(1).say("B");
  ask("slowest", 7, true);
  assert.deepEqual(shown, ["B"]);
  assert.equal(worker(1).asked.length, 1, "nothing more of the slow one");
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
  highlight({ block: 1, code: "a", language: "js", isWhole: true }, () => assert.fail("no colours"));
});

test("Code is coloured line by line, and unknown languages are not", () => {
  assert.deepEqual(highlighted("let a;\n/* b\nc */\n", "js"), [
    [["word", "let"], " a;\n"],
    [["note", "/* b\n"]],
    [["note", "c */"], "\n"],
  ]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
  assert.deepEqual(highlighted("`a ${b + 1}`", "js"), [[["text", "`a "], "${b + ", ["number", "1"], "}", ["text", "`"]]]);
  assert.equal(highlighted("let a;", "nonsense"), undefined);
});

test("Colours lose no text, however code nests", () => {
  for (const code of ["`${\n".repeat(1_000), "\n\n", "a", "<a b='c\n'>".repeat(50)])
    for (const language of ["js", "xml", "markdown", "php"]) {
      const parts = highlighted(code, language)!.flat();
      assert.equal(parts.map((part) => (typeof part === "string" ? part : part[1])).join(""), code);
    }
});
