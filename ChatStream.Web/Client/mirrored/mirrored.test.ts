/** The rules that the server has too. Its tests read the same tables. */
import assert from "node:assert/strict";
import { test } from "node:test";
import days from "../../../ChatStream.Web.Tests/Mirrored/days.json";
import endings from "../../../ChatStream.Web.Tests/Mirrored/endings.json";
import figures from "../../../ChatStream.Web.Tests/Mirrored/figures.json";
import isolatedTitles from "../../../ChatStream.Web.Tests/Mirrored/isolated.json";
import longTexts from "../../../ChatStream.Web.Tests/Mirrored/long.json";
import stackedMarks from "../../../ChatStream.Web.Tests/Mirrored/stacked-marks.json";
import versions from "../../../ChatStream.Web.Tests/Mirrored/versions.json";
import hiddenSigns from "../../../ChatStream.Web.Tests/Mirrored/visible-signs.json";
import { dayOf, monthOf } from "./days";
import { durations } from "./durations";
import { endingKey } from "./ending-key";
import { figuresOf, thoughtSeconds } from "./figures";
import { isolated } from "./isolated";
import { isLong } from "./long";
import { measures } from "./measures";
import { MarkLimit, partsOf } from "./stacked-marks";
import { versionState } from "./versions";
import { visibleSigns } from "./visible-signs";

for (const { zone, now, time, day } of days.days)
  test(`${time} is listed under ${day} at ${now} in ${zone}`, () => {
    // Node.js reads the variable again when it is set.
    process.env["TZ"] = zone;
    assert.equal(dayOf(new Date(time), new Date(now)), day);
  });

for (const { day, language, month } of days.headings)
  test(`The heading of ${day} in ${language} is ${month ?? "a word"}`, () => {
    assert.equal(monthOf(day, language) ?? null, month);
  });

for (const { title, shown } of isolatedTitles.titles)
  test(`The title of the window shows ${JSON.stringify(title)} in its own direction`, () => assert.equal(isolated(title), shown));

for (const { text, shown } of hiddenSigns.texts)
  test(`The panel of a tool shows ${JSON.stringify(shown)}`, () => assert.equal(visibleSigns(text), shown));

for (const { finish, code, key, ...filter } of endings.endings)
  test(`The end ${finish} with ${code ?? "no failure"} has the words of ${key}`, () => {
    assert.equal(endingKey(finish, code ? { code, ...filter } : undefined), key);
  });

for (const { part, times, isLong: expected } of longTexts.texts)
  test(`${times} times ${JSON.stringify(part)} is ${expected ? "" : "not "}a long text`, () => {
    assert.equal(isLong(part.repeat(times)), expected);
  });

const inSeconds = (value: string) => figures.inSeconds.replace("{0}", value);
function shown(language = figures.language) {
  const { duration, number } = durations(language, inSeconds);
  return { duration, number, ...measures(language, inSeconds, duration) };
}
const { duration } = shown();

test("Numbers have separators and no decimals", () => {
  for (const { value, text, language } of figures.numbers) assert.equal(shown(language).number(value), text);
});

test("Costs have two decimals, and more below one", () => {
  for (const { text, language, ...of } of figures.costs) assert.equal(shown(language).cost(of), text);
});

test("Durations are whole seconds, or minutes and hours with colons", () => {
  for (const { seconds, text } of figures.durations) assert.equal(duration(seconds), text, `${seconds}`);
});

test("Measured times have tenths below ten seconds", () => {
  for (const { seconds, text, language } of figures.measured) assert.equal(shown(language).measured(seconds), text, `${seconds}`);
});

test("Thinking took at least a second", () => {
  for (const { seconds, text } of figures.thoughts) assert.equal(duration(thoughtSeconds(seconds)), text, `${seconds}`);
});

for (const { name, begin, firstOutput, firstText, waited, end, outputTokens, hasReasoning, ...expected } of figures.answers)
  test(`The figures of an answer: ${name}`, () => {
    const times = { begin, firstOutput: firstOutput ?? undefined, firstText: firstText ?? undefined, waited, end };
    const { took, firstWord, thought, speed } = figuresOf(times, outputTokens ?? undefined, hasReasoning);
    const rounded = (value: number | null | undefined) => (value == null ? null : Math.round(value * 1e6) / 1e6);
    assert.deepEqual([took, firstWord, thought, speed].map(rounded), [
      expected.took,
      expected.firstWord,
      expected.thought,
      expected.speed,
    ]);
  });

for (const { id, ids, ...expected } of versions.versions)
  test(`Version ${expected.number} of ${expected.count} offers the versions beside it`, () => {
    assert.deepEqual(versionState(id, ids), expected);
  });

for (const { before, mark, count, after, hidden } of stackedMarks.marks) {
  const text = before + mark.repeat(count) + after;
  const name = `${count} times U+${mark.codePointAt(0)!.toString(16)}`;

  test(`Of ${name}, ${hidden} are hidden`, () => {
    const parts = partsOf(text);
    assert.equal(parts.map((part) => part.text + part.marks).join(""), text);
    assert.equal(
      parts.map((part) => [...part.marks].length).reduce((sum, length) => sum + length),
      hidden,
    );
  });

  test(`Of ${name}, ${hidden} are dropped, in whatever pieces they arrive`, () => {
    const shown = before + mark.repeat(count - hidden) + (hidden ? "…" : "") + after;
    for (const length of [1, 7, 1_000]) {
      const limit = new MarkLimit();
      const characters = [...text];
      let taken = "";
      for (let at = 0; at < characters.length; at += length) taken += limit.take(characters.slice(at, at + length).join(""));
      assert.equal(taken, shown, `pieces of ${length}`);
    }
  });
}

test("Several runs of marks are limited each", () => {
  const run = `a${"\u0300".repeat(60)}`;
  assert.equal(partsOf(run.repeat(3)).filter((part) => part.marks.length === 10).length, 3);
  assert.equal(new MarkLimit().take(run.repeat(3)), `a${"\u0300".repeat(50)}…`.repeat(3));
});
