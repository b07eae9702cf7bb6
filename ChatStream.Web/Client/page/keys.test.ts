import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { onKey } from "./keys";

function heard(fields: object): number {
  const target = new EventTarget();
  let count = 0;
  onKey(target, () => count++);
  target.dispatchEvent(Object.assign(new Event("keydown"), { isComposing: false, keyCode: 27, ...fields }));
  return count;
}

test("A key that the input method does not take is heard", () => assert.equal(heard({ key: "Escape" }), 1));

for (const key of ["Escape", "Enter", "ArrowUp", "c"]) {
  test(`${key} within a composition belongs to the input method`, () => assert.equal(heard({ key, isComposing: true }), 0));
  test(`${key} that ended a composition belongs to it too`, () => assert.equal(heard({ key, keyCode: 229 }), 0));
}

test("No other module listens for keys by itself", () => {
  const modules = readdirSync("Client", { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const listening = modules.filter((name) => /["'`]key(?:down|press|up)["'`]|onkey/.test(readFileSync(`Client/${name}`, "utf8")));
  assert.deepEqual(listening, ["page/keys.ts"]);
});
