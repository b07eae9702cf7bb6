import "./tests/document";
import assert from "node:assert/strict";
import { test } from "node:test";
import spec from "commonmark-spec/spec.txt";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { bare, numbers, split, stream, units } from "./tests/drive";
import { gfmTexts } from "./tests/gfm";
import { plainShape } from "./tests/plain-shape";

/** The numbers of the examples from one to another. */
const between = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The examples that are shown differently, by the section of docs/markdown.md that says so. */
const differing = {
  "Brackets behind a backslash are formulas": [12],
  "Blocks of HTML are paragraphs": [
    21,
    31,
    ...between(148, 174),
    176,
    178,
    ...between(180, 182),
    ...between(184, 186),
    ...between(188, 191),
  ],
  "Comments are hidden": [177, 179, 183, 308, 309, 625, 626],
};

const gfmDiffering: Record<string, string> = {
  "* [x]\n* [ ] a": "A box without text is a box",
  "http:// https://, www. www.": "An address has a host",
  "mailto:me@a.example": "The scheme belongs to an address of mail",
  "https://a.example/b\\*c": "A backslash ends a bare address",
  'https://a.example/b"c': "A quotation mark ends a bare address",
  "<del>*a*</del> and <sub>2</sub>": "A few tags are elements",
  "a<br>b": "A few tags are elements",
};

/** What another parser makes of a text. HTML in it is shown as it was written. */
function reference(markdown: string): string {
  const root = document.createElement("div");
  root.innerHTML = micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousProtocol: true,
  });
  return plainShape(root);
}

const shown = (pieces: string[]) => plainShape(stream(pieces, bare));

test("Each example of CommonMark is shown as micromark shows it, but for those that docs/markdown.md lists", () => {
  const found = spec.replace(/\r\n/g, "\n").matchAll(/^`{32} example\n([\s\S]*?)^\.\n[\s\S]*?^`{32}$/gm);
  const examples = [...found].map(([, markdown]) => markdown!.replaceAll("→", "\t"));
  assert.ok(examples.length > 640);
  const others: number[] = [];
  examples.forEach((markdown, i) => {
    const whole = shown([markdown]);
    if (whole !== reference(markdown)) others.push(i + 1);
    for (const pieces of [units(markdown), split(markdown, numbers(i), 7)])
      assert.equal(shown(pieces), whole, `Example ${i + 1} in pieces: ${JSON.stringify(markdown)}`);
  });
  assert.deepEqual(
    others,
    Object.values(differing)
      .flat()
      .sort((a, b) => a - b),
  );
});

test("Tables, struck text, tasks and bare addresses are shown as micromark shows them, but for those that are listed", () => {
  const others = gfmTexts.filter((markdown) => {
    const whole = shown([markdown]);
    for (const pieces of [units(markdown), split(markdown, numbers(1), 7)])
      assert.equal(shown(pieces), whole, `In pieces: ${JSON.stringify(markdown)}`);
    return whole !== reference(markdown);
  });
  assert.deepEqual(others, Object.keys(gfmDiffering));
});
