import "./tests/document";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Rest } from "./rest";

/** The parts of a text that comes in pieces. */
function partsOf(text: string, piece: number): string[] {
  const [parent, shown] = [document.createElement("div"), document.createElement("div")];
  parent.append(shown);
  const rest = new Rest(shown, text.slice(0, piece));
  for (let at = piece; at < text.length; at += piece) rest.grow(text.slice(at, at + piece));
  return [...parent.querySelectorAll(".rest > div")].map((part) => part.textContent);
}

for (const [name, text] of [
  ["whole", "a" + "😀".repeat(10_000)],
  ["after lines", "- x\n".repeat(3_000) + "a" + "😀".repeat(10_000)],
  ["after a sign", "😀".repeat(10_000)],
] as const)
  for (const piece of [1, 7, 4_096, 5_001, text.length])
    test(`No part of a long text ends within a character: ${name}, ${piece} at once`, () => {
      const parts = partsOf(text, piece);

      assert.equal(parts.join(""), text);
      assert.ok(parts.length > 1);
      // It throws on half a character.
      for (const part of parts) assert.ok(encodeURIComponent(part) && part.length <= 8_192);
    });
