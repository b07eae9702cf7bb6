import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extras } from "./extras";
import { Renderer } from "./renderer";
import { shapeOf, useCountedDocument } from "./tests/counted-dom";
import { numbers, split } from "./tests/split";
import type { Work } from "./turns";

useCountedDocument();

const extras = {
  words: (name: string, number = "") => `${name} ${number}`,
  codeBar: () => document.createElement("div"),
  wraps: () => false,
  turns: {
    run: (work: Work) => {
      while (work());
    },
  },
  highlight: () => {},
  typesetter: { use: () => {} },
  characters: { use: () => {} },
} as unknown as Extras;

function show(pieces: string[]): string {
  const root = document.createElement("div");
  document.createElement("div").append(root);
  const renderer = new Renderer(root, extras, "t");
  for (const piece of pieces) {
    renderer.add(piece);
    renderer.update();
  }
  renderer.finish();
  return shapeOf(root);
}

const times = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i)).join("");

const lines = (count: number) => times(count, (i) => `  let a${i};\n`);

/** Texts of several sections. Each has a definition at its end. */
const long: Record<string, string> = {
  paragraphs: times(600, (i) => `Paragraph ${i} with [a link][late] and a note[^1].\n\n`),
  list: times(900, (i) => `- item ${i} with [a link][late] and a note[^1]\n`),
  "loose list": times(600, (i) => `1. item ${i} with [a link][late] and a note[^1]\n\n   More of it.\n\n`),
  table: `| a | [b][late] |\n|---|---|\n${times(900, (i) => `| cell ${i} | [a link][late] and a note[^1] |\n`)}`,
  mixed: times(
    200,
    (i) => `## Part ${i}\n\n- [a link][late] and a note[^1]\n- b\n\n| c |\n|---|\n| d |\n\n\`\`\`js\nlet e;\n\`\`\`\n\n`,
  ),
  quotations: times(900, (i) => `> Line ${i} with [a link][late] and a note[^1].\n>\n`),
  "notes in between": times(400, (i) => `Text ${i}[^n${i}] and [a link][late] and a note[^1].\n\n[^n${i}]: Note ${i}.\n\n`),
  "code in a list": `- a note[^1] and [a link][late]\n\n  \`\`\`js\n${lines(2_500)}  \`\`\`\n\n- [a link][late]\n`,
  "one paragraph": times(3_000, (i) => `word${i} `),
  "lines of one paragraph": times(1_500, (i) => `A line ${i} with [a link][late]\n`),
};
const end = "\n\nThe last paragraph.\n\n[late]: https://late.example\n\n[^1]: The note.\n";

for (const [name, text] of Object.entries(long))
  test(`A long text is shown the same however it is cut: ${name}`, () => {
    const whole = show([text + end]);
    assert.ok(text.length > 15_000, String(text.length));
    if (text.includes("[late]")) assert.ok(!whole.includes("[late]"), "A definition at the end reaches each link");
    if (text.includes("[^1]")) assert.ok(!whole.includes("[^"), "and each note");
    assert.ok(whole.includes("The last paragraph."));
    if (text.includes("[^1]")) assert.ok(whole.indexOf("The note.") > whole.indexOf("The last paragraph."), "Notes come last");
    for (const [seed, longest] of [
      [1, 40],
      [2, 900],
      [3, 7_000],
    ] as const)
      assert.equal(show(split(text + end, numbers(seed), longest)), whole, `in pieces of at most ${longest}`);
  });
