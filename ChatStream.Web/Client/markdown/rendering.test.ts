import "./tests/document";
import assert from "node:assert/strict";
import { test } from "node:test";
import { differing } from "./tests/meanings";
import { emphasis, flicker, grows, lastFrames, looks, notes, splits } from "./tests/rendering";

for (const [name, failures] of Object.entries({
  "Each addition to CommonMark is read as what it is": differing,
  "However an answer is cut into pieces, it is shown the same in the end": splits,
  "Parsing the whole at the end changes nothing where nothing was defined late": lastFrames,
  "Each block looks after its last character as it looks at the end": looks,
  "Emphasis is there from its first character on": emphasis,
  "What is shown of a growing text stays as it is": grows,
  "A note stands below the text at all times": notes,
  "Half written syntax is not seen": flicker,
}))
  test(name, () => assert.deepEqual(failures(), []));
