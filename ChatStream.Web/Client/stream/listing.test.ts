import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeHost, settle, status, unreachable } from "./fake-host";
import { type Exists, type Listed, Listing, type ListPage, type Summary } from "./listing";

const time = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** `a5` is conversation a, last changed in minute 5. */
function rows(...names: string[]): Summary[] {
  return names.map((name) => ({
    id: name[0]!,
    title: name,
    leafId: "l",
    updatedAt: time(Number(name.slice(1))),
    running: false,
  }));
}

const page = (names: string[], next?: string): ListPage => ({ conversations: rows(...names), ...(next && { next }) });
const sends = (names: string[], next?: string) => status(200, page(names, next));

function list(answers: ConstructorParameters<typeof FakeHost>[0], first?: ListPage) {
  const host = new FakeHost(answers);
  const shown: Listed[] = [];
  const exist: (Exists | undefined)[] = [];
  const listing = new Listing(
    "/conversations",
    host,
    (listed, exists) => {
      shown.push(listed);
      exist.push(exists);
    },
    first,
  );
  const last = () => ({
    ...shown.at(-1)!,
    rows: shown
      .at(-1)!
      .rows.map((row) => row.title)
      .join(" "),
  });
  /** Which of these conversations exist, after the last reading. */
  const existing = (ids: string) => [...ids].filter((id) => exist.at(-1)?.(id) ?? true).join("");
  return { host, listing, shown, last, existing };
}

test("Load more continues where the last page ended, until there are no more pages", async () => {
  const { host, listing, last } = list([sends(["c7", "b6"], "two"), sends(["b6", "a5"])], page(["e9", "d8"], "one"));
  await listing.more();
  assert.deepEqual(last(), { rows: "e9 d8 c7 b6", query: "", hasMore: true, failed: false });
  await listing.more();
  assert.deepEqual(last(), { rows: "e9 d8 c7 b6 a5", query: "", hasMore: false, failed: false });
  await listing.more();
  assert.deepEqual(
    host.requests.map((r) => r.url),
    ["/conversations?before=one", "/conversations?before=two"],
  );
});

test("A search waits for a pause in typing and sends one request", async () => {
  const { host, listing, last } = list([sends(["a1"])], page(["b2", "a1"]));
  for (const text of ["z", "ze", "zeb", "zebra & lion "]) {
    listing.search(text);
    await host.advance(100);
  }
  assert.equal(host.requests.length, 0);
  await host.advance(250);
  assert.deepEqual(
    host.requests.map((r) => r.url),
    ["/conversations?q=zebra+%26+lion"],
  );
  assert.deepEqual(last(), { rows: "a1", query: "zebra & lion", hasMore: false, failed: false });
});

test("The results of an abandoned search are never shown", async () => {
  let answer!: (response: Response) => void;
  const slow = () => new Promise<Response>((resolve) => (answer = resolve));
  const { host, listing, last, shown } = list([slow, sends(["b2"])]);
  listing.search("slow");
  await host.advance(250);
  listing.search("fast");
  await host.advance(250);
  answer(new Response(JSON.stringify(page(["a1"]))));
  await settle();
  assert.equal(last().rows, "b2");
  assert.equal(shown.length, 1);
});

test("Load more in a search continues that search", async () => {
  const { host, listing, last } = list([sends(["b2"], "one"), sends(["a1"])]);
  listing.search("x");
  await host.advance(250);
  await listing.more();
  assert.equal(host.requests[1]!.url, "/conversations?q=x&before=one");
  assert.equal(last().rows, "b2 a1");
});

test("A failed search keeps the list, says that it failed, and can be tried again", async () => {
  const { host, listing, last } = list([status(503), status(503, {}), sends(["a1"])], page(["c3", "b2"], "one"));
  listing.search("x");
  await host.advance(250);
  assert.deepEqual(last(), { rows: "c3 b2", query: "x", hasMore: true, failed: true });
  await listing.again();
  assert.equal(last().failed, true);
  await listing.again();
  assert.deepEqual(last(), { rows: "a1", query: "x", hasMore: false, failed: false });
});

test("A search that did not reach the server is tried again by itself, ever more seldom", async () => {
  const { host, listing, last } = list([...Array(7).fill(unreachable), sends(["a1"])], page(["b2"]));
  listing.search("x");
  await host.advance(250);
  await host.advance(2_000 + 4_000 + 8_000 + 16_000 + 30_000);
  assert.equal(host.requests.length, 6);
  assert.deepEqual(last(), { rows: "b2", query: "x", hasMore: false, failed: true });
  // The network is back: the list is read at once.
  await listing.refresh();
  await listing.refresh();
  assert.deepEqual(last(), { rows: "a1", query: "x", hasMore: false, failed: false });
  await host.advance(60_000);
  assert.equal(host.requests.length, 8);
  assert.ok(host.idle);
});

test("A search that the server refused is not tried again by itself, and another search begins anew", async () => {
  const { host, listing, last } = list([status(503, {}), unreachable, sends(["a1"])], page(["b2"]));
  listing.search("x");
  await host.advance(60_000);
  assert.equal(host.requests.length, 1);
  listing.search("xy");
  await host.advance(250);
  listing.search("xyz");
  await host.advance(250);
  assert.deepEqual(last(), { rows: "a1", query: "xyz", hasMore: false, failed: false });
  await host.advance(60_000);
  assert.equal(host.requests.length, 3);
});

test("When the search is cleared, the list is there again at once, as far as it was loaded", async () => {
  const { host, listing, last } = list(
    [sends(["c7"], "two"), sends(["a1"]), unreachable, unreachable, sends(["e9", "d8"], "three")],
    page(["e9", "d8"], "one"),
  );
  await listing.more();
  listing.search("x");
  await host.advance(250);
  listing.put(rows("f9")[0]!);
  listing.change("d", { title: "renamed" });
  listing.search("xy");
  await host.advance(250);
  assert.deepEqual(last(), { rows: "a1", query: "xy", hasMore: false, failed: true });
  listing.search("");
  await host.advance(250);
  assert.deepEqual(last(), { rows: "f9 e9 renamed c7", query: "", hasMore: true, failed: false });
  await listing.refresh();
  assert.deepEqual(last(), { rows: "e9 d8 c7", query: "", hasMore: true, failed: false });
});

test("The conversation that is shown is in the list, and in its place when more is loaded", async () => {
  const { listing, last } = list([sends(["e9", "d8"], "new"), sends(["c7", "b6"], "two")], page(["e9", "d8"], "one"));
  listing.include(rows("b6")[0]!);
  assert.equal(last().rows, "e9 d8 b6");
  await listing.refresh();
  assert.deepEqual(last(), { rows: "e9 d8 b6", query: "", hasMore: true, failed: false });
  await listing.more();
  assert.equal(last().rows, "e9 d8 c7 b6");
  listing.include(rows("d8")[0]!);
  assert.equal(last().rows, "e9 d8 c7 b6");
});

test("A conversation that is shown is not in the results of a search, but in the list after it", async () => {
  const { host, listing, last } = list([sends(["a1"]), unreachable], page(["e9", "d8"], "one"));
  listing.search("x");
  await host.advance(250);
  listing.include(rows("b6")[0]!);
  assert.equal(last().rows, "a1");
  listing.search("");
  await host.advance(250);
  assert.equal(last().rows, "e9 d8 b6");
});

test("A failed load more keeps the rows, and continues from them", async () => {
  const { host, listing, last } = list([unreachable, sends(["a1"])], page(["b2"], "one"));
  await listing.more();
  assert.deepEqual(last(), { rows: "b2", query: "", hasMore: true, failed: true });
  await listing.again();
  assert.equal(host.requests[1]!.url, "/conversations?before=one");
  assert.deepEqual(last(), { rows: "b2 a1", query: "", hasMore: false, failed: false });
});

test("A refresh shows new, moved, renamed and deleted conversations, and keeps the older pages", async () => {
  const { host, listing, last } = list(
    [sends(["f9", "b8", "e5"], "new"), sends(["x0"])],
    page(["e5", "d4", "c3", "b2", "a1"], "old"),
  );
  await listing.refresh();
  assert.deepEqual(last(), { rows: "f9 b8 e5 d4 c3 a1", query: "", hasMore: true, failed: false });
  await listing.more();
  assert.equal(host.requests[1]!.url, "/conversations?before=old");
});

test("A conversation that is missing in the refreshed page was deleted", async () => {
  const { listing, last } = list([sends(["d4", "b2"], "new")], page(["d4", "c3", "b2"], "old"));
  await listing.refresh();
  assert.equal(last().rows, "d4 b2");
});

test("After a refresh of the whole list, what is not in it does not exist", async () => {
  const { listing, existing } = list([sends(["d4", "b2"])], page(["d4", "c3", "b2"]));
  await listing.refresh();
  assert.equal(existing("abcd"), "bd");
});

test("After a refresh of a part of the list, only what was in that part before does not exist", async () => {
  const { listing, existing } = list([sends(["d4", "b2"], "new")], page(["d4", "c3", "b2", "a1"], "old"));
  await listing.refresh();
  assert.equal(existing("abcdz"), "abdz");
});

test("A search, a start and a failure say nothing of which conversations exist", async () => {
  const { host, listing, existing } = list([unreachable, sends(["b2"]), sends(["b2"])], page(["b2", "a1"]));
  await listing.refresh();
  assert.equal(existing("abz"), "abz");
  listing.search("x");
  await host.advance(250);
  assert.equal(existing("abz"), "abz");
  await listing.refresh();
  assert.equal(existing("abz"), "abz");
  listing.put(rows("c3")[0]!);
  assert.equal(existing("abz"), "abz");
});

test("A failed refresh changes and shows nothing", async () => {
  const { listing, shown } = list([unreachable], page(["a1"]));
  await listing.refresh();
  assert.deepEqual(shown, []);
});

test("A start during a refresh is in the list", async () => {
  const startsMeanwhile = () => {
    listing.put(rows("b2")[0]!);
    return sends(["a1"])({} as never, {} as never);
  };
  const { listing, last } = list([startsMeanwhile, sends(["b2", "a1"])], page(["a1"]));
  await listing.refresh();
  assert.equal(last().rows, "b2 a1");
});

test("A start goes to the top of the list, but not into the results of a search", async () => {
  const { host, listing, last } = list([sends(["a1"])], page(["b2", "a1"]));
  listing.put(rows("a3")[0]!);
  assert.equal(last().rows, "a3 b2");
  listing.search("x");
  await host.advance(250);
  listing.put(rows("c4")[0]!);
  assert.equal(last().rows, "a1");
});
