import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, nothing } from "./answer";
import type { StreamEvent } from "./events";

const folded = (...events: StreamEvent[]) => events.reduce(fold, nothing);

test("The answer has the usage and the finish, and knows that it has text", () => {
  assert.deepEqual(
    folded(
      { type: "status", phase: "analyzing" },
      { type: "reasoning", text: "Hm" },
      { type: "reasoning", text: "m." },
      { type: "status", phase: "writing" },
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "usage", inputTokens: 3, outputTokens: 2 },
      { type: "finish", reason: "completed" },
      { type: "stop" },
    ),
    { hasText: true, usage: { inputTokens: 3, outputTokens: 2 }, finish: "completed" },
  );
});

test("A snapshot replaces the text, also by no text", () => {
  const text: StreamEvent = { type: "text", text: "ab" };
  assert.equal(folded(text, { type: "snapshot", text: "abc" }).hasText, true);
  assert.equal(folded(text, { type: "snapshot", text: "", reasoning: "x" }).hasText, false);
  assert.equal(folded({ type: "snapshot", text: "abc" }).hasText, true);
});

test("An answer with reasoning only, or with empty text, has no text", () => {
  assert.equal(folded({ type: "reasoning", text: "x" }, { type: "text", text: "" }).hasText, false);
});

test("The failure is kept with the finish", () => {
  const answer = folded(
    { type: "failure", code: "rate_limited", message: "…", retryAfter: 20 },
    { type: "finish", reason: "failed" },
  );
  assert.deepEqual(answer.failure, { code: "rate_limited", message: "…", retryAfter: 20 });
  assert.equal(answer.finish, "failed");
});
