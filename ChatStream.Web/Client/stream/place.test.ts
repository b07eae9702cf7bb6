import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "./place";

const C = "Zr7dU2nLwE9yQ4bC";
const M = "q3v8XJ1mN0aTz5Rk";

test("An address of the page names a conversation, a message in it, or a new chat", () => {
  for (const base of ["http://host/", "https://host:81/ask/"]) {
    assert.deepEqual(placeOf(base, base), {});
    assert.deepEqual(placeOf(`${base}chat`, base), {});
    assert.deepEqual(placeOf(`${base}chat/${C}`, base), { conversationId: C });
    assert.deepEqual(placeOf(`${base}chat/${C}#${M}`, base), { conversationId: C, messageId: M });
    // The fragment of the skip link, which names an element.
    assert.deepEqual(placeOf(`${base}chat/${C}#message`, base), { conversationId: C });
    assert.deepEqual(placeOf(`${base}#message`, base), {});
  }
});

test("Other addresses are left to the browser", () => {
  const base = "https://host/ask/";
  for (const address of [
    "https://host/",
    "https://other/ask/",
    "http://host/ask/",
    `${base}conversations/${C}/export?format=md`,
    `${base}chat/${C}?x=1`,
    `${base}chat/${C}/more`,
    `${base}chat/short`,
    `${base}chat/stream?message=hello`,
    "mailto:a@host",
  ])
    assert.equal(placeOf(address, base), undefined, address);
});
