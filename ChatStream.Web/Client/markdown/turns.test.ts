import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Turns } from "./turns";

mock.timers.enable({ apis: ["setTimeout"] });

let now = 0;
performance.now = () => now;

const takes = (milliseconds: number, done: number[], what: number) => () => {
  now += milliseconds;
  done.push(what);
};

test("Work is done at once until the turn is over, and then in later turns, in its order", () => {
  const turns = new Turns();
  const done: number[] = [];
  for (let i = 1; i <= 7; i++) turns.run(takes(15, done, i));
  assert.deepEqual(done, [1, 2]);
  mock.timers.tick(1);
  assert.deepEqual(done, [1, 2, 3, 4]);
  turns.run(takes(0, done, 8));
  assert.deepEqual(done, [1, 2, 3, 4], "not before what waits");
  mock.timers.tick(1);
  mock.timers.tick(1);
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("A new turn has its whole time", () => {
  const turns = new Turns();
  const done: number[] = [];
  turns.run(takes(40, done, 1));
  mock.timers.tick(1);
  turns.run(takes(40, done, 2));
  assert.deepEqual(done, [1, 2]);
});
