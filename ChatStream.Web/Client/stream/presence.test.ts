import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost } from "./fake-host";
import { whileSeen } from "./presence";

function watch(host: FakeHost, interval = () => 60_000) {
  const checks: number[] = [];
  return { checks, stop: whileSeen(host, interval, () => checks.push(host.now())) };
}

test("While it is seen, a page checks once in each interval", async () => {
  const host = new FakeHost([]);
  let interval = 60_000;
  const { checks, stop } = watch(host, () => interval);
  await host.advance(120_000);
  interval = 10_000;
  await host.advance(80_000);
  assert.deepEqual(checks, [60_000, 120_000, 180_000, 190_000, 200_000]);
  stop();
  assert.ok(host.idle);
});

test("Hidden, it does not check; seen again, it does so at once, and once for all signals of one return", async () => {
  const host = new FakeHost([]);
  const { checks } = watch(host);
  host.hide();
  await host.advance(300_000);
  assert.deepEqual(checks, []);
  host.show();
  host.signal("wake");
  assert.deepEqual(checks, [300_000]);
});

test("The network coming back to a hidden page is nothing to check", async () => {
  const host = new FakeHost([]);
  const { checks } = watch(host);
  host.hide();
  await host.advance(5_000);
  host.signal("wake");
  assert.deepEqual(checks, []);
});
