import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extras } from "./extras";
import { mayTypeset } from "./formula";
import { parsedCharacters, Renderer } from "./renderer";
import { depthOf, made, useCountedDocument } from "./tests/counted-dom";
import { pathological } from "./tests/pathological";

useCountedDocument();

/** A long one is opened; a shorter one is streamed, because that takes as many steps as it has pieces. */
const ways = { opened: { length: 100_000, piece: 200_000 }, streamed: { length: 5_000, piece: 200 } };

/** What one step may do, which the browser cannot interrupt; and all of them, for each character of the text. */
const mostParsedAtOnce = 35_000;
/** The lines of code are only copied. */
const mostCodeAtOnce = 110_000;
const mostNodesAtOnce = 12_000;
const deepest = 150;
const mostParsed = 30;
const mostNodes = 5;

interface Work {
  parsedAtOnce: number;
  nodesAtOnce: number;
  parsed: number;
  nodes: number;
}

/** @param around Is called with each step, and must do it. */
function extrasOf(around: (step: () => boolean | undefined) => boolean | undefined): Extras {
  return {
    words: (name, number = "") => `${name} ${number}`,
    // About as many nodes as the page makes.
    codeBar: () => {
      const bar = document.createElement("div");
      for (let i = 0; i < 20; i++) bar.append(document.createElement("span"));
      return bar;
    },
    wraps: () => false,
    turns: {
      run: (step) => {
        while (around(step));
      },
    },
    highlight: () => {},
    characters: { use: () => {} } as unknown as Extras["characters"],
    // Typesetting has a budget of its own, in other turns.
    typesetter: {
      use: (then: (typeset: (element: HTMLElement, formula: string) => number) => void) =>
        then((_, formula) => (mayTypeset(formula) ? 20 : 0)),
    } as unknown as Extras["typesetter"],
  };
}

/** Counts what each step of showing a text does: as it is streamed, or as a stored one is opened. */
function workOf(text: string, pieceLength: number): { work: Work; place: HTMLElement } {
  const work: Work = { parsedAtOnce: 0, nodesAtOnce: 0, parsed: 0, nodes: 0 };
  const counted = <T>(step: () => T): T => {
    const before = { parsed: parsedCharacters(), nodes: made.nodes };
    const result = step();
    const [parsed, nodes] = [parsedCharacters() - before.parsed, made.nodes - before.nodes];
    work.parsed += parsed / text.length;
    work.nodes += nodes / text.length;
    work.parsedAtOnce = Math.max(work.parsedAtOnce, parsed);
    work.nodesAtOnce = Math.max(work.nodesAtOnce, nodes);
    return result;
  };
  const extras = extrasOf(counted);
  const place = document.createElement("div");
  const root = document.createElement("div");
  place.append(root);
  const renderer = new Renderer(root, extras, "t");
  for (let at = 0; at < text.length; at += pieceLength) {
    renderer.add(text.slice(at, at + pieceLength));
    if (pieceLength < text.length) while (counted(() => renderer.update()));
  }
  renderer.finish();
  return { work, place };
}

test("There are at least 150 kinds of texts without end", () => {
  assert.ok(Object.keys(pathological).length >= 150, String(Object.keys(pathological).length));
});

test("What the renderer fails at is shown as it was written, to its end, while it is streamed", () => {
  const root = document.createElement("div");
  const wraps = () => {
    throw new Error("It fails at code");
  };
  const renderer = new Renderer(root, { ...extrasOf((step) => step()), wraps }, "t");
  const text = `One\n\n\`\`\`\n${"~".repeat(100_000)}The end.`;
  renderer.add(text);
  let steps = 0;
  while (renderer.update() && steps < 100) steps++;
  assert.ok(steps < 100, "it comes to an end");
  assert.equal(root.textContent, text);
});

test("An answer that a browser cannot lay out in time is shown as it was written from there on, and nothing is lost", () => {
  for (const piece of [1_000, 1_000_000]) {
    for (const [line, element, most] of [
      ["- item\n", "li", 5_500],
      ["one\n\n", "p", 10_500],
      ["```\nx\n```\n", "pre", 1_200],
      ["|a|b|\n", "tr", 7_500],
    ] as const) {
      const head = line.startsWith("|") ? "|a|b|\n|-|-|\n" : "";
      const count = 20_000;
      const { place } = workOf(head + line.repeat(count), piece);
      const [shown, rest] = place.children as unknown as [HTMLElement, HTMLElement];
      const elements = elementsOf(shown, element) - (head ? 1 : 0);
      const written = rest.textContent.split(line).length - 1;
      assert.ok(elements > most / 3 && elements <= most, `${elements} of ${JSON.stringify(line)}`);
      assert.equal(elements + written, count, `${JSON.stringify(line)} in pieces of ${piece}`);
      assert.equal(rest.textContent, line.repeat(written));
    }
  }
});

function elementsOf(root: HTMLElement, name: string): number {
  const own = root.localName === name ? 1 : 0;
  return [...(root.children ?? [])].reduce((sum, child) => sum + elementsOf(child as HTMLElement, name), own);
}

test("No step of showing 100 KB does much, whatever they are", () => {
  const found: string[] = [];
  for (const [name, make] of Object.entries(pathological)) {
    for (const [way, { length, piece }] of Object.entries(ways)) {
      const text = `${make(length)}\n\nThe end.`;
      const { work, place } = workOf(text, piece);
      const depth = depthOf(place) - 1; // without the place itself
      if (!place.textContent.includes("The end.")) found.push(`${name}, ${way}: its end is lost`);
      const is = `${name}, ${way}: ${JSON.stringify({ ...work, depth })}`;
      const most = name.startsWith("code") ? mostCodeAtOnce : mostParsedAtOnce;
      if (work.parsedAtOnce > most || work.nodesAtOnce > mostNodesAtOnce || depth > deepest) found.push(is);
      if (work.parsed > mostParsed || work.nodes > mostNodes) found.push(is);
    }
  }
  assert.deepEqual(found, []);
});
