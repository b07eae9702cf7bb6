import assert from "node:assert/strict";
import { test } from "node:test";
import { mark } from "./marks";

const running = [{ id: "a", running: true }];
const ended = [{ id: "a", running: false }];

test("what was seen running and has ended is unread until it is looked at", () => {
  const before = mark({}, running, undefined);
  const after = mark(before, ended, "b");
  assert.deepEqual(after, { a: "unread" });
  assert.deepEqual(mark(after, ended, "a"), {});
});

test("what ends before the reader's eyes is not unread", () => {
  assert.deepEqual(mark(mark({}, running, "a"), ended, "a"), {});
});

test("what nobody here has seen running is not unread", () => {
  assert.deepEqual(mark({}, ended, undefined), {});
});

test("an unread one in which another answer runs is running", () => {
  assert.deepEqual(mark({ a: "unread" }, running, undefined), { a: "running" });
});

test("a conversation that is not listed keeps its mark", () => {
  assert.deepEqual(mark({ z: "unread" }, ended, undefined), { z: "unread" });
});
