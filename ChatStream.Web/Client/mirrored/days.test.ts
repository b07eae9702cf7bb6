import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf } from "./days";

const now = new Date(2026, 10, 22, 0, 30);

test("a day begins at the reader's midnight", () => {
  assert.equal(dayOf(new Date(2026, 10, 22, 0, 0), now), "today");
  assert.equal(dayOf(new Date(2026, 10, 21, 23, 59), now), "yesterday");
  assert.equal(dayOf(new Date(2026, 10, 20, 23, 59), now), "week");
});

test("what a clock ahead of ours wrote is today's", () => {
  assert.equal(dayOf(new Date(2026, 10, 23, 1, 0), now), "today");
});

test("after a week come 30 days, and after these the months", () => {
  assert.equal(dayOf(new Date(2026, 10, 15), now), "week");
  assert.equal(dayOf(new Date(2026, 10, 14), now), "month");
  assert.equal(dayOf(new Date(2026, 9, 23), now), "month");
  assert.equal(dayOf(new Date(2026, 9, 22), now), "2026-10");
  assert.equal(dayOf(new Date(2025, 0, 1), now), "2025-01");
});
