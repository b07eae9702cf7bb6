/** The rules that the server has too. Its tests read the same tables. */
import assert from "node:assert/strict";
import { test } from "node:test";
import days from "../../../ChatStream.Web.Tests/Mirrored/days.json";
import endings from "../../../ChatStream.Web.Tests/Mirrored/endings.json";
import figures from "../../../ChatStream.Web.Tests/Mirrored/figures.json";
import versions from "../../../ChatStream.Web.Tests/Mirrored/versions.json";
import { dayOf, monthOf } from "./days";
import { durations } from "./durations";
import { endingKey } from "./ending-key";
import { figuresOf, thoughtSeconds } from "./figures";
import { versionState } from "./versions";

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

for (const { finish, code, key } of endings.endings)
  test(`The end ${finish} with ${code ?? "no failure"} has the words of ${key}`, () => {
    assert.equal(endingKey(finish, code ?? undefined), key);
  });

const { number, duration, measured } = durations(figures.language, (value) => figures.inSeconds.replace("{0}", value));

test("Numbers have separators and no decimals", () => {
  for (const { value, text } of figures.numbers) assert.equal(number(value), text);
});

test("Durations are whole seconds, or minutes and hours with colons", () => {
  for (const { seconds, text } of figures.durations) assert.equal(duration(seconds), text, `${seconds}`);
});

test("Measured times have tenths below ten seconds", () => {
  for (const { seconds, text } of figures.measured) assert.equal(measured(seconds), text, `${seconds}`);
});

test("Thinking took at least a second", () => {
  for (const { seconds, text } of figures.thoughts) assert.equal(duration(thoughtSeconds(seconds)), text, `${seconds}`);
});

for (const { name, begin, firstOutput, firstText, end, outputTokens, hasReasoning, ...expected } of figures.answers)
  test(`The figures of an answer: ${name}`, () => {
    const times = { begin, firstOutput: firstOutput ?? undefined, firstText: firstText ?? undefined, end };
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
