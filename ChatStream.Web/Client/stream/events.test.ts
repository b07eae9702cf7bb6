import assert from "node:assert/strict";
import { test } from "node:test";
import { categoriesOf, type Failure, readEvent } from "./events";

const failure = (data: object) => {
  const event = readEvent("failure", JSON.stringify({ code: "content_filter", message: "Filtered: hate.", ...data }));
  assert.ok(typeof event === "object" && event.type === "failure");
  return event as Failure;
};

test("The categories of the content filter come from the failure, never from its message", () => {
  assert.deepEqual(categoriesOf(failure({ categories: ["hate", "self_harm"] })), ["hate", "self_harm"]);
  assert.deepEqual(categoriesOf(failure({})), []);
});

test("Missing or damaged categories are no categories", () => {
  assert.deepEqual(categoriesOf(undefined), []);
  assert.deepEqual(categoriesOf(failure({ categories: null })), []);
  assert.deepEqual(categoriesOf(failure({ categories: "hate" })), []);
  assert.deepEqual(categoriesOf(failure({ categories: [1, "hate"] })), ["hate"]);
});
