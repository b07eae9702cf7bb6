import assert from "node:assert/strict";
import { test } from "node:test";
import { forget, mark } from "./marks";

const running = [{ id: "a", running: true }];
const ended = [{ id: "a", running: false }];

test("A conversation that was seen running and has ended is unread until it is opened", () => {
  const before = mark({}, running, undefined);
  const after = mark(before, ended, "b");
  assert.deepEqual(after, { a: "unread" });
  assert.deepEqual(mark(after, ended, "a"), {});
});

test("An answer that ends while its conversation is shown is not unread", () => {
  assert.deepEqual(mark(mark({}, running, "a"), ended, "a"), {});
});

test("A conversation that this browser did not see running is not unread", () => {
  assert.deepEqual(mark({}, ended, undefined), {});
});

test("An unread conversation with a new running answer is running", () => {
  assert.deepEqual(mark({ a: "unread" }, running, undefined), { a: "running" });
});

test("The mark of a conversation that does not exist is forgotten", () => {
  assert.deepEqual(
    forget({ a: "unread", b: "running" }, (id) => id !== "b"),
    { a: "unread" },
  );
});

test("A conversation that is not listed keeps its mark", () => {
  assert.deepEqual(mark({ z: "unread" }, ended, undefined), { z: "unread" });
});
