import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "./ending";
import { mayTypeset } from "./formula";
import { createParser } from "./parser";

const units = [
  " ",
  "\t",
  ">",
  "> ",
  "*",
  "_",
  "~",
  "`",
  "$",
  "|",
  "-",
  "=",
  "+",
  "#",
  ":",
  "\\",
  "[",
  "]",
  "(",
  "!",
  "<",
  "&",
  "&#",
  "0",
  "a",
  "\\[",
  "\\(",
  "\\]",
  "\\[\n",
  "\\[ x\n",
  "\\(a ",
  "$$",
  "$$\n",
  "$a ",
  "$a\\$",
  "a\\$",
  "[^",
  "[^a",
  "![",
  "[a](",
  "<a",
  "&a",
  "*a ",
  "_a ",
  "**a _b ",
  "`a ``b ",
  "~~a ",
  "|a",
  "|a\n",
  "- ",
  "- \n",
  "- a\n",
  "1. ",
  "1. a\n",
  "# ",
  "# a\n",
  "~",
  "~~~",
  "~~~\n",
  "```\n",
  "[^a]: ",
  "[a]: b\n",
  "\n",
  " \n",
  "\u2028",
  "\u0300",
  "a@",
  '"a',
  "a.b@",
  "http://a ",
  "\ud800",
  "> - ",
  "\n>",
  "<a>",
  "[ ] ",
  "- [ ] ",
  "\\{",
];
const beginnings = ["", "a", "> ", "- ", "| ", "$", "$$ ", "~~~", "\\[ "];
const ends = ["", "a", " a b", "\u2028a", "\n", "\\]", "$", "\\)"];

const [short, long] = [8_000, 32_000];

/** The least of several times, in milliseconds: other work on the machine only adds to it. */
function time(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** Four times the text may take about four times as long. What is quadratic takes sixteen times as long. */
function assertLinear(what: string, text: (length: number) => string, read: (text: string) => void): void {
  const [small, large] = [text(short), text(long)];
  read(small);
  if (time(() => read(large)) < 4) return;
  for (let attempt = 0; ; attempt++) {
    const growth = time(() => read(large)) / time(() => read(small));
    if (growth < 9) return;
    if (attempt === 3) assert.fail(`${what}: ${growth.toFixed(1)} times as long`);
  }
}

const filled = (beginning: string, unit: string, end: string) => (length: number) =>
  beginning + unit.repeat(Math.ceil(length / unit.length)) + end;

test("The time to read the end of a text is in proportion to its length", () => {
  for (const unit of units)
    for (const beginning of beginnings)
      for (const end of ends)
        assertLinear(JSON.stringify([beginning, unit, end]), filled(beginning, unit, end), (text) => void readable(text));
});

test("The time to parse a text is in proportion to its length", () => {
  const parser = createParser();
  for (const unit of units)
    for (const end of ["", " a b", "\\]", "\n\n\\]"])
      for (const isGrowing of [false, true])
        assertLinear(JSON.stringify([unit, end, isGrowing]), filled("", unit, end), (text) => {
          parser.parse(text, Object.create(null), isGrowing);
        });
});

test("The time to look at a formula is in proportion to its length", () => {
  for (const unit of units) {
    assertLinear(JSON.stringify(unit), filled("", unit, ""), (text) => void mayTypeset(text.slice(0, 4_000)));
  }
});
