import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks } from "./blocks";
import { app, arrival, browser, compression, headers, lateness, proxies, refused, silent, skipped } from "./findings";
import type { Steady } from "./measures";

const start = {
  id: "AAAAAAAAAAAAAAAA",
  instance: "BBBBBBBBBBBBBBBB",
  events: 40,
  every: 50,
  keepAlive: 15,
  request: { protocol: "HTTP/1.1", proxies: [] as string[] },
};

const written = Array.from({ length: 40 }, (_, i) => 50 * (i + 1));

const seen = (arrive: (written: number) => number, more: Partial<Steady> = {}): Steady => ({
  events: written.map((at) => ({ written: at, arrived: arrive(at) })),
  took: 2_100,
  start,
  headers: new Headers({ Incremental: "?1" }),
  hop: "h2",
  ...more,
});

test("Events that keep their distances have come one by one, whatever the clocks say", () => {
  assert.deepEqual(arrival(seen((at) => at + 9_000)), { check: "arrival", state: "good", word: "one-by-one", values: [0] });
  assert.equal(arrival(seen((at) => at + (at === 500 ? 180 : 0))).word, "one-by-one", "one late event is no fault");
});

test("Events that come four at a time are HAProxy's", () => {
  const found = arrival(seen((at) => Math.ceil(at / 200) * 200));
  assert.deepEqual(found, { check: "arrival", state: "bad", word: "bursts", values: [150], fault: "bursts" });
  assert.deepEqual(
    [
      ...proxies(
        seen((at) => at),
        ["bursts"],
      ),
    ],
    ["haproxy"],
  );
});

test("Events that come at the end were held back", () => {
  assert.deepEqual(arrival(seen(() => 2_000)), { check: "arrival", state: "bad", word: "held", values: [2.1], fault: "held" });
});

test("A stream that is cut has too few events", () => {
  const found = arrival(seen((at) => at, { events: [{ written: 50, arrived: 50 }], took: 620 }));
  assert.deepEqual([found.word, found.values, found.fault], ["broken", [0.6], "silence"]);
});

test("Lateness is counted from the fastest event", () => {
  assert.deepEqual(
    lateness([
      { arrived: 150, written: 100 },
      { arrived: 210, written: 200 },
    ]),
    [40, 0],
  );
});

test("A coding is named, and identity is none", () => {
  const of = (coding: string) => compression(seen((at) => at, { headers: new Headers({ "Content-Encoding": coding }) }));
  assert.deepEqual([of("gzip").state, of("gzip").values, of("identity").state], ["bad", ["gzip"], "good"]);
});

test("nginx may use its header up, and Incremental should arrive", () => {
  const of = (all: Record<string, string>) => headers(seen((at) => at, { headers: new Headers(all) }));
  assert.deepEqual(
    [
      of({}),
      of({ Incremental: "?1" }),
      of({ "X-Accel-Buffering": "no" }),
      of({ Incremental: "?1", "X-Accel-Buffering": "no" }),
    ].map(({ word, state }) => `${word} ${state}`),
    ["no-headers note", "only-incremental good", "only-accel note", "both-headers good"],
  );
});

test("Versions of HTTP are named, and the old ones are noted", () => {
  const of = (hop: string) => browser(seen((at) => at, { hop }));
  assert.deepEqual(
    [of("h2"), of("h3"), of("http/1.1"), of("")].map(({ word, values }) => `${word} ${values}`),
    ["value HTTP/2", "value HTTP/3", "six-at-once HTTP/1.1", "not-told "],
  );
  const old = { ...start, request: { protocol: "HTTP/1.0", proxies: [] } };
  assert.equal(app(seen((at) => at, { start: old })).fault, "old");
  assert.equal(app(seen((at) => at)).state, "good");
});

test("A silence is survived if it is open at the end and its comments have come", () => {
  assert.equal(silent({ took: 37_500, comments: 2, isCut: false }, 15).word, "survived");
  assert.equal(silent({ took: 37_500, comments: 1, isCut: false }, 15).fault, "held");
  assert.deepEqual(silent({ took: 10_020, comments: 0, isCut: true }, 15).values, [10]);
});

test("Proxies are known by their headers", () => {
  const of = (all: Record<string, string>, request: string[] = []) => [
    ...proxies(
      seen((at) => at, { headers: new Headers(all), start: { ...start, request: { ...start.request, proxies: request } } }),
      [],
    ),
  ];
  assert.deepEqual(of({ Server: "nginx/1.22.1" }), ["nginx"]);
  assert.deepEqual(of({ Server: "Apache/2.4.62 (Debian)" }), ["apache"]);
  assert.deepEqual(of({ Server: "Caddy" }), ["caddy"]);
  assert.deepEqual(of({ Server: "Microsoft-IIS/10.0" }), ["iis"]);
  assert.deepEqual(of({ "CF-Ray": "1" }), ["cdn"]);
  assert.deepEqual(of({}, ["apache"]), ["apache"]);
  assert.deepEqual(of({}), []);
});

test("A refusal names its status, and too many are no fault of a proxy", () => {
  assert.deepEqual(
    [refused(403).fault, refused(403).values, refused(429).fault, refused(0).fault],
    ["refused", [403], undefined, "held"],
  );
  assert.equal(skipped("stop").state, "note");
});

test("Blocks are events and comments, wherever the bytes are cut", async () => {
  const text =
    'event: start\nretry: 1000\ndata: {"a":1}\nid: x.0\n\n:\n\ndata: {"n":1}\nid: x.1\n\nevent: stop\ndata: stopped\nid: x.2\n\n';
  const bytes = new TextEncoder().encode(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    let time = 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut));
        controller.enqueue(bytes.slice(cut));
        controller.close();
      },
    });
    const found: string[] = [];
    for await (const { event, data } of blocks(body, () => time++)) found.push(`${event} ${data}`);
    assert.deepEqual(found, ['start {"a":1}', " ", 'message {"n":1}', "stop stopped"]);
  }
});
