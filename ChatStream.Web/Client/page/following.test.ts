import assert from "node:assert/strict";
import { test } from "node:test";
import { Following, type View } from "./following";

/** A reader at the end of a page of 5,000 pixels, of which 800 are seen. */
function reader() {
  const view = { top: 4_200, height: 5_000, seen: 800 };
  const following = new Following(() => ({ ...view }) satisfies View);
  following.moved();
  /** What the browser does: the page is never scrolled beyond its end. */
  const scrollBy = (by: number) => {
    view.top = Math.max(0, Math.min(view.height - view.seen, view.top + by));
    following.scrolled();
  };
  /** The text grows, and the page follows if it may. */
  const grow = (by: number) => {
    view.height += by;
    if (!following.isOn) return;
    view.top = view.height - view.seen;
    following.moved();
    following.scrolled();
  };
  return { view, following, scrollBy, grow };
}

for (const by of [0.5, 1, 3, 30, 53, 63, 100, 600])
  test(`A wheel that turns up by ${by} pixels ends the following`, () => {
    const { view, following, scrollBy, grow } = reader();
    following.up();
    scrollBy(-by);
    const { top } = view;
    for (let i = 0; i < 50; i++) grow(24);
    assert.equal(following.isOn, false);
    assert.equal(view.top, top);
  });

for (const by of [3, 30, 63, 100, 2_000])
  test(`A scroll bar that goes up by ${by} pixels ends the following, without any other sign`, () => {
    const { following, scrollBy } = reader();
    scrollBy(-by);
    assert.equal(following.isOn, false);
  });

test("A wish to go up counts before the page has moved", () => {
  const { view, following, grow } = reader();
  following.up();
  grow(24);
  assert.equal(view.top, 4_200);
});

test("A jump to the very top ends the following too", () => {
  const { following, scrollBy } = reader();
  scrollBy(-9_999);
  assert.equal(following.isOn, false);
});

test("On a page without anything above, a wish to go up changes nothing", () => {
  const { view, following } = reader();
  Object.assign(view, { top: 0, height: 700 });
  following.up();
  assert.ok(following.isOn);
});

test("A reader who comes back to the end is taken along again", () => {
  const { following, scrollBy } = reader();
  following.up();
  scrollBy(-600);
  following.down();
  scrollBy(300);
  assert.equal(following.isOn, false, "on the way");
  scrollBy(290);
  assert.ok(following.isOn);
});

test("A scroll bar that is drawn back to the end takes the reader along again", () => {
  const { following, scrollBy } = reader();
  scrollBy(-600);
  scrollBy(600);
  assert.ok(following.isOn);
});

test("A reader who stayed at the end is taken along again by a wish to go down", () => {
  const { following } = reader();
  following.stay();
  following.down();
  assert.ok(following.isOn);
});

test("A reader who comes back while the text grows reaches the end", () => {
  const { view, following, scrollBy } = reader();
  following.up();
  scrollBy(-100);
  view.height += 24;
  following.down();
  scrollBy(20);
  view.height += 24;
  scrollBy(90);
  assert.ok(following.isOn);
});

test("What grows or shrinks above the reader is no wish", () => {
  const { view, following } = reader();
  for (const by of [-300, 120]) {
    view.height += by;
    view.top += by;
    following.scrolled();
    assert.ok(following.isOn);
  }
  following.up();
  view.top -= 30;
  following.scrolled();
  for (const by of [-300, 120]) {
    view.height += by;
    view.top += by;
    following.scrolled();
    assert.equal(following.isOn, false);
  }
});

test("A text that becomes shorter, or a larger window, leaves the reader at the end", () => {
  const { view, following } = reader();
  Object.assign(view, { height: 4_500, top: 3_700 });
  following.scrolled();
  assert.ok(following.isOn);
  Object.assign(view, { seen: 1_100, top: 3_400 });
  following.scrolled();
  assert.ok(following.isOn);
});

test("A reader who looks at something stays there, even at the end", () => {
  const { view, following, grow } = reader();
  following.stay();
  grow(500);
  assert.equal(view.top, 4_200);
  following.resume();
  grow(1);
  assert.equal(view.top, 4_701);
});
