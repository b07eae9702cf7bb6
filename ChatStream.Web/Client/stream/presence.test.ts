import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost } from "./fake-host";
import { whileSeen } from "./presence";

function watch(host: FakeHost, interval = () => 60_000) {
  const checks: number[] = [];
  return { checks, stop: whileSeen(host, interval, () => checks.push(host.now())) };
}

test("A visible page checks once per interval", async () => {
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

test("A hidden page does not check; visible again it checks at once, and only once for several signals", async () => {
  const host = new FakeHost([]);
  const { checks } = watch(host);
  host.hide();
  await host.advance(300_000);
  assert.deepEqual(checks, []);
  host.show();
  host.signal("wake");
  assert.deepEqual(checks, [300_000]);
});

test("A hidden page does not check when the network is back", async () => {
  const host = new FakeHost([]);
  const { checks } = watch(host);
  host.hide();
  await host.advance(5_000);
  host.signal("wake");
  assert.deepEqual(checks, []);
});
