import assert from "node:assert/strict";
import { test } from "node:test";
import { readProblem } from "../stream/problem";
import { browserHost } from "./browser-host";

const wait = async (header: string) =>
  (await readProblem(new Response(null, { status: 503, headers: { "Retry-After": header } }), browserHost)).retryAfter;

test("A date in Retry-After is compared with the clock of the browser", async () => {
  const seconds = await wait(new Date(Date.now() + 30_000).toUTCString());
  assert.ok(seconds! >= 28 && seconds! <= 31, `${seconds} s`);
});

test("A date that has passed means now", async () => {
  assert.equal(await wait("Sun, 06 Nov 1994 08:49:37 GMT"), 0);
});

for (const header of ["7", "07"]) test(`Retry-After: ${header} is in seconds`, async () => assert.equal(await wait(header), 7));

for (const header of ["86400000", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
  test(`Retry-After: ${header} is not believed`, async () => assert.equal(await wait(header), 3_600));

for (const header of ["soon", "-5", "1.5 s"])
  test(`Retry-After: ${header} says nothing that can be read`, async () => {
    const seconds = await wait(header);
    assert.ok(seconds === undefined || seconds <= 3_600);
  });
