import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns";

let planned: (() => void)[] = [];
globalThis.setTimeout = ((next: () => void) => planned.push(next)) as unknown as typeof setTimeout;

/** The browser has had its turn. What is planned meanwhile waits for the next one. */
function tick(): void {
  const due = planned;
  planned = [];
  for (const next of due) next();
}

let now = 0;
performance.now = () => now;

const takes = (milliseconds: number, done: number[], what: number) => (): undefined => {
  now += milliseconds;
  done.push(what);
};

test("Work is done at once until the turn is over, and then in later turns, in its order", () => {
  const turns = new Turns();
  const done: number[] = [];
  for (let i = 1; i <= 7; i++) turns.run(takes(7, done, i));
  assert.deepEqual(done, [1, 2]);
  tick();
  assert.deepEqual(done, [1, 2, 3, 4]);
  turns.run(takes(0, done, 8));
  assert.deepEqual(done, [1, 2, 3, 4], "not before what waits");
  tick();
  tick();
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("A new turn has its whole time", () => {
  const turns = new Turns();
  const done: number[] = [];
  turns.run(takes(40, done, 1));
  tick();
  turns.run(takes(40, done, 2));
  assert.deepEqual(done, [1, 2]);
});

test("A turn is shorter where the browser is long busy with what it made, and longer again afterwards", () => {
  let due: ((busy: number) => void) | undefined;
  const turns = new Turns(undefined, (then) => {
    due = then;
  });
  let steps = 0;
  turns.run(() => {
    now += 1;
    steps++;
    return true;
  });
  const turn = (busy: number) => {
    const before = steps;
    due!(busy);
    return steps - before;
  };
  assert.equal(steps, 12);
  assert.equal(turn(0), 12);
  assert.equal(turn(200), 3);
  assert.equal(turn(200), 1);
  assert.equal(turn(200), 1);
  for (let i = 0; i < 10; i++) turn(5);
  assert.equal(turn(5), 12);
});

test("Work that is not done goes on after what else is waiting", () => {
  const turns = new Turns();
  const done: string[] = [];
  const steps = (name: string, count: number) => () => {
    now += 7;
    done.push(name);
    return --count > 0;
  };
  turns.run(steps("a", 4));
  assert.deepEqual(done, ["a", "a"], "one turn");
  turns.run(steps("b", 2));
  for (let i = 0; i < 3; i++) tick();
  assert.deepEqual(done, ["a", "a", "a", "b", "a", "b"]);
});

test("Work that fails does not stop the work behind it", () => {
  const turns = new Turns();
  const done: number[] = [];
  assert.throws(() =>
    turns.run(() => {
      throw new Error("It fails");
    }),
  );
  turns.run(takes(1, done, 1));
  tick();
  assert.deepEqual(done, [1]);
});
