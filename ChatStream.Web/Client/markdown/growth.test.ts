import assert from "node:assert/strict";
import { test } from "node:test";
import { siteEnd } from "./addresses";
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
/** Parts of what ChatStream reads beyond CommonMark. */
const ownUnits = [
  "<!--",
  "<!-- a\n",
  "-->",
  "<b>",
  "<b><i>",
  "</b>",
  "<b>*a ",
  "<a b=c ",
  "<?",
  "<![CDATA[",
  "<details>",
  "<details>\n",
  "</details>\n",
  "<summary>a\n",
  "\\begin{align}",
  "\\begin{align}\n",
  "\\end{align}\n",
  "$ a",
  "$ ",
  "www.",
  "www.a ",
  "a@b.c ",
  "https://a.b/(",
  "https://a.b)",
  "https://a&",
  "`|",
  "|`a",
  "|`a|\n",
  "```md\n",
  "```sh\n",
  "好**",
  "**「",
  "~a",
  "a~ ",
  "&am",
  "[a.b](c) ",
  "[a][",
  "https://[",
  "https://a@",
  "\\text{$",
  "\\text{$a$}",
  "$$ a\n",
  "a $$\n",
  "a \\[\n",
  "<kbd>*</kbd>",
  "- | a\n",
  "> | a\n",
  "|-\n",
  "a\\\n",
  "a\n2\n",
  "“**",
  "*_「",
  "](b(",
];
const beginnings = ["", "a", "> ", "- ", "| ", "$", "$$ ", "~~~", "\\[ "];
const ends = ["", "a", " a b", "\u2028a", "\n", "\\]", "$", "\\)"];

/** Texts whose parts must not be read again and again. */
const whole: Record<string, (length: number) => string> = {
  "digits between dollars": (length) => `$${"1".repeat(length)}x$ $${"1 ".repeat(length)}x$`,
  "a word between two dollars": (length) => `a $$${"a".repeat(length)}$$ `.repeat(2),
  "words between dollars": (length) => `$1${" a".repeat(length / 2)}$ $ ${"a ".repeat(length / 2)}$`,
  "spaces under a head": (length) => `|a\n|-${" ".repeat(length)}:x`,
  "spaces between dashes": (length) => `|a\n|-${" ".repeat(length)}:\n`,
  "spaces in a tag": (length) => `<a${" ".repeat(length)}b <details${" ".repeat(length)}`,
  "ticks of many lengths": (length) =>
    `|a\n|-\n|${Array.from({ length: 150 }, (_, i) => "`".repeat(i))
      .join(" ")
      .repeat(length / 11_000 + 1)}`,
};

const [short, long] = [5_000, 20_000];

/** Milliseconds of the processor. Other work on the machine does not count. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The least of several times, in milliseconds: the garbage collector only adds to it. */
function time(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    const began = spent();
    work();
    least = Math.min(least, spent() - began);
  }
  return least;
}

/** Four times the text may take about four times as long. What is quadratic takes sixteen times as long. */
function growthOf(text: (length: number) => string, read: (text: string) => void): number {
  const [small, large] = [text(short), text(long)];
  // What is this fast at this length is fast enough at any length that a page meets.
  if (time(() => read(large)) < 25) return 1;
  return Math.min(...[1, 2, 3].map(() => time(() => read(large)) / time(() => read(small))));
}

const filled = (beginning: string, unit: string, end: string) => (length: number) =>
  beginning + unit.repeat(Math.ceil(length / unit.length)) + end;

/** The texts that take more than in proportion to their length. */
const slow = (texts: Record<string, (length: number) => string>, read: (text: string) => void): string[] =>
  Object.entries(texts)
    .map(([name, text]) => ({ name, growth: growthOf(text, read) }))
    .filter(({ growth }) => growth > 12)
    .map(({ name, growth }) => `${name}: ${growth.toFixed(1)} times`);

const texts = (beginnings: string[], ends: string[], of = units) =>
  Object.fromEntries(
    beginnings.flatMap((beginning) =>
      of.flatMap((unit) => ends.map((end) => [JSON.stringify([beginning, unit, end]), filled(beginning, unit, end)] as const)),
    ),
  );

test("The time to read the end of a text is in proportion to its length", () => {
  assert.deepEqual(
    slow({ ...texts(beginnings, ends), ...texts([""], ["", " a"], ownUnits) }, (text) => void readable(text)),
    [],
  );
});

for (const isGrowing of [false, true])
  test(`The time to parse a ${isGrowing ? "growing" : "complete"} text is in proportion to its length`, () => {
    const parser = createParser();
    assert.deepEqual(
      slow(
        { ...texts([""], ["", " a b", "\\]"]), ...texts([""], [""], ownUnits), ...whole },
        (text) => void parser.parse(text, Object.create(null), isGrowing),
      ),
      [],
    );
  });

test("The time to look at a formula is in proportion to its length", () => {
  assert.deepEqual(
    slow(texts([""], [""]), (text) => void mayTypeset(text.slice(0, 4_000))),
    [],
  );
});

test("The time to find the ends of addresses is in proportion to the text", () => {
  assert.deepEqual(
    slow(texts([""], [""], ["http://", "http://!", "https:///"]), (text) => {
      // What is an address is not looked at again.
      for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at)) at = siteEnd(text, at + 3) ?? at + 3;
    }),
    [],
  );
});
