import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthWithin, sizeOf } from "./size";

test("The size of a text is its length, or more if its lines are short", () => {
  assert.equal(sizeOf(""), 0);
  assert.equal(sizeOf("a".repeat(100)), 100);
  assert.equal(sizeOf("a\n".repeat(100)), 6_400);
  assert.equal(sizeOf(`${"a".repeat(99)}\n`.repeat(10)), 1_000);
});

test("The beginning of a text that has a size ends with a line, where lines are short", () => {
  assert.equal(lengthWithin("a".repeat(100), 64), 64);
  assert.equal(lengthWithin("a".repeat(100), 200), 100);
  assert.equal(lengthWithin("a\n".repeat(100), 128), 4);
  assert.equal(lengthWithin("a\nb\nc", 320), 5);
  assert.equal(lengthWithin("", 320), 0);
  for (const text of ["a\n".repeat(500), `${"word ".repeat(30)}\n`.repeat(9), "\n".repeat(300)])
    for (const size of [64, 100, 4_096]) assert.ok(sizeOf(text.slice(0, lengthWithin(text, size))) <= size, `${size}`);
});
