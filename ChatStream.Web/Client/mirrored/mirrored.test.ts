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
import { dayOf, monthOf } from "./days";
import { durations } from "./durations";
import { endingKey } from "./ending-key";
import { figuresOf, thoughtSeconds } from "./figures";
import { isolated } from "./isolated";
import { isLong } from "./long";
import { MarkLimit, partsOf } from "./stacked-marks";
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

for (const { title, shown } of isolatedTitles.titles)
  test(`The title of the window shows ${JSON.stringify(title)} in its own direction`, () => assert.equal(isolated(title), shown));

for (const { finish, code, key, ...filter } of endings.endings)
  test(`The end ${finish} with ${code ?? "no failure"} has the words of ${key}`, () => {
    assert.equal(endingKey(finish, code ? { code, ...filter } : undefined), key);
  });

const shown = (language = figures.language) => durations(language, (value) => figures.inSeconds.replace("{0}", value));
const { duration } = shown();
