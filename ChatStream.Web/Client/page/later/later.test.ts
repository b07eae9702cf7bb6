import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { cellsOf, csvOf, tabbedOf } from "./csv";
import { quoted } from "./quote";
import { pieces, sentencesOf } from "./sentences";
import { languageOf } from "./tongue";

const { document, Text, Element } = parseHTML("<html><body></body></html>");
Object.assign(globalThis, { document, Text, Element });

test("A table becomes CSV, and nothing in it is a formula of a spreadsheet", () => {
  const rows = [
    ["a", 'say "hi"', "1,5"],
    ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)"],
    ["-5", "+1.5", "-12 %"],
    ["-x", "\uff1d1", "two\nlines"],
  ];
  assert.equal(
    csvOf(rows),
    '\ufeffa,"say ""hi""","1,5"\r\n' +
      "'=1+1,'+cmd|' /C calc'!A0,'@SUM(A1)\r\n" +
      "-5,+1.5,-12 %\r\n" +
      "'-x,'\uff1d1,\"two\nlines\"\r\n",
  );
  assert.equal(
    tabbedOf([
      ["a\tb", "=x"],
      ["c\nd", "-1"],
    ]),
    "a b\t'=x\nc d\t-1",
  );
});

test("A cell is its text: a formula is its source", () => {
  const table = document.createElement("table");
  table.innerHTML =
    '<tr><td> a<br>\nb</td><td><span class="math"><math><annotation>x^2</annotation></math><span>x2</span></span></td></tr>';
  const rows = [...table.querySelectorAll("tr")].map((row) => Object.assign(row, { cells: row.querySelectorAll("td") }));
  assert.deepEqual(cellsOf({ rows } as unknown as HTMLTableElement), [["a\nb", "x^2"]]);
});

test("A quotation has a mark on each line", () => {
  assert.equal(quoted("\n  one\n\ntwo \n"), ">   one\n>\n> two");
});

test("What is read aloud has no code and no formula", () => {
  const answer = document.createElement("div");
  answer.innerHTML =
    '<h3>Title</h3><p>First. Second<br>\nline of <span class="math"><math><mi>x</mi></math></span>.</p>' +
    '<div class="code"><div class="code-bar">JS</div><pre><code>let a;</code></pre></div><p>End</p>';
  assert.deepEqual(sentencesOf(answer, "Code.", "a formula"), ["Title.", "First.", "Second line of a formula.", "Code.", "End"]);
});

test("A voice gets pieces that it can say in one go", () => {
  const long = pieces(`${"word ".repeat(200)}. Next one! ${"x".repeat(1_000)} 好。再见。`);
  assert.ok(long.every((piece) => piece.length <= 220 && piece.trim() === piece && piece));
  assert.ok(long.at(-2)!.endsWith("x 好。"));
  assert.equal(long.at(-1), "再见。");
});

for (const [language, text] of [
  ["en", "The sun is a star, and it is at the centre of the solar system."],
  ["de", "Die Sonne ist ein Stern und sie steht nicht in der Mitte der Galaxie."],
  ["fr", "Le soleil est une étoile et les planètes tournent dans la même direction."],
  ["es", "El sol es una estrella y los planetas giran en la misma dirección que ella."],
  ["zh", "太阳是一颗恒星。"],
  ["ja", "太陽は恒星です。"],
  ["ko", "태양은 항성이다."],
  ["ru", "Солнце это звезда."],
  ["uk", "Сонце є зіркою, її світло йде до нас."],
  ["ar", "الشمس نجم."],
  [undefined, "xyz 123"],
] as const)
  test(`The language of "${text}" is ${language ?? "not known"}`, () => assert.equal(languageOf(text), language));
