import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, nothing } from "./answer";
import type { StreamEvent } from "./events";

const folded = (...events: StreamEvent[]) => events.reduce(fold, nothing);

test("Deltas add up, the last phase counts", () => {
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
    {
      text: "ab",
      reasoning: "Hmm.",
      phase: "writing",
      usage: { inputTokens: 3, outputTokens: 2 },
      finish: "completed",
    },
  );
});

test("A snapshot replaces text and reasoning", () => {
  const answer = folded({ type: "reasoning", text: "x" }, { type: "text", text: "ab" }, { type: "snapshot", text: "abc" });
  assert.deepEqual([answer.text, answer.reasoning], ["abc", ""]);
});

test("A failure is kept beside the finish", () => {
  const answer = folded(
    { type: "failure", code: "rate_limited", message: "…", retryAfter: 20 },
    { type: "finish", reason: "failed" },
  );
  assert.deepEqual(answer.failure, { code: "rate_limited", message: "…", retryAfter: 20 });
  assert.equal(answer.finish, "failed");
});
