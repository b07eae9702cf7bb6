import { parsedCharacters } from "../renderer";
import { complete, corpus } from "./corpus";
import { bare, begin, numbers, shape, split, stream, units } from "./drive";

/** Every way to cut a text must show the same in the end as the text in one piece. */
export function splits(): string[] {
  const failures: string[] = [];
  corpus.forEach((text, i) => {
    const whole = shape(stream([text]));
    const compare = (way: string, pieces: string[]) => {
      const got = shape(stream(pieces));
      if (got !== whole)
        failures.push(
          `${i} ${way}: ${JSON.stringify(text.slice(0, 80))}\n  whole ${whole.slice(0, 400)}\n  got   ${got.slice(0, 400)}`,
        );
    };
    compare("by character", units(text));
    for (const seed of [1, 2, 3]) compare(`at random, seed ${seed}`, split(text, numbers(seed * 1_000 + i), 12));
  });
  return failures;
}

/** The last parse of the complete text changes nothing, except references that have no definition. */
export function lastFrames(): string[] {
  return corpus.flatMap((text, i) => {
    if (text.startsWith("[^none]")) return [];
    const { root, renderer } = begin();
    for (const unit of units(`${text.replace(/\s+$/, "")}\n\n`)) {
      renderer.add(unit);
      renderer.update();
    }
    // A note that was written before the end moves to the end.
    if (root.querySelector(":scope > .note + :not(.note)")) return [];
    const before = shape(root);
    renderer.finish();
    const after = shape(root);
    return before === after
      ? []
      : [`${i}: ${JSON.stringify(text.slice(0, 80))}\n  before ${before.slice(0, 400)}\n  after  ${after.slice(0, 400)}`];
  });
}

/** What is shown after the last character of a text is what is shown when it is complete. */
export function looks(): string[] {
  return complete.flatMap((text, i) => {
    const { root, renderer } = begin();
    for (const unit of units(text)) {
      renderer.add(unit);
      renderer.update();
    }
    const before = shape(root);
    renderer.finish();
    const after = shape(root);
    return before === after ? [] : [`${i}: ${JSON.stringify(text.slice(-80))}\n  before ${before}\n  after  ${after}`];
  });
}

/** What has been shown of a text stays, and more comes after it: nothing jumps back. */
export function grows(): string[] {
  return complete.flatMap((text) => {
    // A link back stands behind a note, and a single tilde strikes only when its pair has come.
    if (/\[\^|~there/.test(text)) return [];
    const end = visible(stream([text], bare)).replace(/\s/g, "");
    const failures = new Set<string>();
    stream(units(text), bare, (root) => {
      const seen = visible(root).replace(/\s/g, "");
      if (!end.startsWith(seen)) failures.add(`${JSON.stringify(text)} showed ${JSON.stringify(seen.slice(-60))}`);
    });
    return [...failures];
  });
}

/** Emphasis beside the punctuation of Chinese and its like is there from its first character on. */
export function emphasis(): string[] {
  const texts: [before: string, mark: string, within: string, after: string][] = [
    ["彼は", "**", "「来年」", "に行く。"],
    ["", "**", "注意：", "先保存。"],
    ["", "**", '"시작"', "을 누르세요."],
    ["", "**", "重要（Important）。", "接着说。"],
    ["", "~~", "旧的（说明）。", "新的。"],
    ["说：", "*", "“好”", "了"],
    ["- 项目：", "**", "（甲）", "与乙"],
    ["Say ", "**", "this", " now"],
  ];
  return texts.flatMap(([before, mark, within, after]) => {
    const failures = new Set<string>();
    const start = before.replace(/^- /, "").length;
    stream(units(before + mark + within + mark + after), bare, (root) => {
      const seen = visible(root);
      const emphasised = root.querySelector("strong, em, s")?.textContent ?? "";
      const expected = seen.slice(start, start + within.length);
      if (/[*~]/.test(seen) || emphasised !== expected) failures.add(`${seen}: ${emphasised} and not ${expected}`);
    });
    return [...failures];
  });
}

const blocks = [
  "# A heading with *emphasis*\n\n",
  "A paragraph with **bold**, `code` and [a link](https://example.com).\n\n",
  "- one\n- two\n- three\n\n",
  "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n",
  "```ts\nconst a = 1;\nconst b = 2;\n```\n\n",
  "> A quotation\n> of two lines.\n\n",
  "1. first\n\n2. second\n\n",
  "$$\nx^2\n$$\n\n",
];

/** The DOM nodes of finished blocks stay the same nodes with the same children, while others follow and at the end. */
export function identity(): string[] {
  const failures: string[] = [];
  const kept: { node: Node; text: string; at: number }[] = [];
  const { root, renderer } = begin();
  const everything = [...blocks, ...blocks].map((block, i) => ({ block, i }));
  const changed = new Set<Node>();
  const observer = new MutationObserver(() => {});
  observer.observe(root, { childList: true, characterData: true, attributes: true, subtree: true });
  for (const { block, i } of everything) {
    for (const unit of units(block)) {
      renderer.add(unit);
      renderer.update();
    }
    for (const { target } of observer.takeRecords()) changed.add(target);
    for (const { node, at } of kept)
      if (at < i - 1 && changed.has(node)) failures.push(`A node of block ${at} changed with block ${i}`);
    changed.clear();
    for (const node of all(root.lastChild!)) kept.push({ node, text: node.textContent ?? "", at: i });
  }
  renderer.finish();
  for (const { target } of observer.takeRecords()) failures.push(`The end changed ${shape(target).slice(0, 100)}`);
  for (const { node, text, at } of kept)
    if (!root.contains(node) || node.textContent !== text) failures.push(`A node of block ${at} is not what it was: ${text}`);
  if (kept.length < 100) failures.push(`Only ${kept.length} nodes were watched`);
  return failures;
}

const all = (node: Node): Node[] => [node, ...[...node.childNodes].flatMap(all)];

/** Within a list or a table, no row before the one that is being written is touched. */
export function rows(): string[] {
  const failures: string[] = [];
  for (const [name, head, row, selector] of [
    ["list", "", "- an item\n", "li"],
    ["table", "| a | b |\n|---|---|\n", "| c | d |\n", "tbody tr"],
  ] as const) {
    const { root, renderer } = begin();
    const observer = new MutationObserver(() => {});
    observer.observe(root, { childList: true, characterData: true, subtree: true });
    for (const unit of units(head + row.repeat(20))) {
      renderer.add(unit);
      renderer.update();
      const shown = [...root.querySelectorAll(selector)];
      for (const { target } of observer.takeRecords())
        if (shown.slice(0, -2).some((earlier) => earlier.contains(target))) failures.push(`A settled row of a ${name} changed`);
    }
    if (root.querySelectorAll(selector).length !== 20)
      failures.push(`${root.querySelectorAll(selector).length} rows of a ${name}`);
  }
  return failures;
}

/** Selected text stays selected while the answer goes on, and when it ends. */
export function selection(): string[] {
  const { root, renderer } = begin();
  document.body.append(root);
  renderer.add("First **paragraph** here.\n\nSecond one.\n\n");
  renderer.update();
  const text = root.querySelector("strong")!.firstChild!;
  getSelection()!.setBaseAndExtent(text, 0, text, 9);
  for (const unit of units(blocks.join(""))) {
    renderer.add(unit);
    renderer.update();
  }
  renderer.finish();
  const selected = getSelection()!.toString();
  root.remove();
  return selected === "paragraph" ? [] : [`Selected: ${JSON.stringify(selected)}`];
}

/** A note stands below the text at all times, and the text that follows it is put before it. */
export function notes(): string[] {
  const { root, renderer } = begin();
  for (const unit of units("A[^1].\n\n[^1]: A note.\n\nAfter it.\n\nAnd more.\n\n")) {
    renderer.add(unit);
    renderer.update();
  }
  const before = [...root.children];
  renderer.finish();
  const same = before.length === 4 && before.every((node, i) => node === root.children[i]);
  return same && before.at(-1)!.className === "note" ? [] : [before.map(shape).join("")];
}

/** No frame may show half-written syntax. */
export function flicker(): string[] {
  const failures: string[] = [];
  const cases: [text: string, never: RegExp][] = [
    ["See [the **long** text](https://example.com/a/path?x=1) there.", /[[\]()]|https/],
    ["Some **bold words** and *emphasis* and ~~gone~~ and `some code` here.", /[*~`]/],
    ["An image ![alt text](https://example.com/a.png) there.", /[![\]()]|https/],
    ["A note[^first] here.", /[[\]^]/],
    ["| head | er |\n|:-----|---:|\n| a | b |\n", /[|:-]/],
    ["Para\n\n- item\n- [ ] task\n- [x] task\n", /[-[\]]|x/],
    ["```python\nprint(1)\n```\n", /`|py/],
    ["Formula \\(a+b\\) and \\[c\\] end", /\\|\(|\[/],
    ["# Heading\n\n## Other\n", /#/],
    ["1. one\n2. two\n", /\d/],
    ["> quoted\n> more\n", />/],
    ["fish &amp; chips", /&a|;/],
    ["Go to <https://example.com/x> now", /[<>]/],
  ];
  for (const [text, never] of cases) {
    stream(units(text), bare, (root) => {
      const seen = visible(root);
      if (never.test(seen)) failures.push(`${JSON.stringify(text)} showed ${JSON.stringify(seen)}`);
    });
  }
  // The first characters of a line must not turn the paragraph above into a heading.
  stream(units("Para\n- item\n"), bare, (root) => {
    if (root.querySelector("h1, h2")) failures.push("A list's marker made a heading");
  });
  stream(units("Intro:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"), bare, (root) => {
    if ([...root.querySelectorAll("p")].some((p) => p.textContent.includes("|") || /^[ab]/.test(p.textContent)))
      failures.push("A table began as a paragraph");
  });
  return [...new Set(failures)];
}

function visible(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement;
  for (const bar of [...copy.querySelectorAll(".code-bar")]) bar.remove();
  return copy.textContent;
}

const sentence = "The *quick* brown fox [jumps](https://example.com) over `the` lazy dog and **runs** on. ";

export const documents: Record<string, (length: number) => string> = {
  mixed: (length) =>
    repeated(
      length,
      (i) =>
        `## Section ${i}\n\n${sentence.repeat(4)}\n\n- first ${i}\n- second with \`code\`\n- third\n\n` +
        `${"```ts\n"}${"const value = compute(1, 'two');\n".repeat(12)}${"```\n\n"}` +
        `| a | b | c |\n|---|---|---|\n| 1 | ${i} | 3 |\n| 4 | 5 | 6 |\n\n> ${sentence}\n\n`,
    ),
  code: (length) => `${"```ts\n"}${repeated(length, (i) => `const value${i} = compute(${i}, 'two'); // of many\n`)}`,
  list: (length) => repeated(length, (i) => `- item ${i} with **bold** and \`code\` in it\n`),
  table: (length) =>
    `| number | name | value |\n|---|---|---|\n${repeated(length, (i) => `| ${i} | name **${i}** | \`value ${i}\` |\n`)}`,
};

function repeated(length: number, part: (i: number) => string): string {
  let text = "";
  for (let i = 0; text.length < length; i++) text += part(i);
  return text.slice(0, length);
}

/** How many characters are parsed for each one that arrives, five at a time. */
export function work(length: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => {
      const text = document(length);
      const before = parsedCharacters();
      stream(text.match(/.{1,5}/gs)!, bare);
      return [name, (parsedCharacters() - before) / text.length];
    }),
  );
}

/** Texts made to be slow, each in one piece and in pieces: how many milliseconds it took, and whether its text was lost. */
export function catastrophes(): { name: string; milliseconds: number; lost: boolean }[] {
  const texts: Record<string, string> = {
    quotes: ">".repeat(50_000),
    "quotes with words": `${">".repeat(30_000)}${" word".repeat(2_000)} end`,
    "spaces with words": `${" ".repeat(30_000)}${"word ".repeat(2_000)} end`,
    "stars with words": `a${"*".repeat(30_000)}${" word".repeat(2_000)} end`,
    "quotes with text": `${"> ".repeat(20_000)}end`,
    brackets: "[".repeat(50_000),
    stars: "*".repeat(100_000),
    "stars with text": "*a ".repeat(30_000),
    both: "**a _b ".repeat(10_000),
    ticks: "`a ``b ".repeat(10_000),
    links: "[a](".repeat(20_000),
    images: "![".repeat(30_000),
    lists: `${"- ".repeat(5_000)}end`,
    nested: Array.from({ length: 200 }, (_, i) => `${"  ".repeat(i)}- x`).join("\n"),
    dollars: "$a ".repeat(30_000),
    entities: "&amp".repeat(20_000),
    less: "<a ".repeat(30_000),
    pipes: `${"|a".repeat(5_000)}\n${"|-".repeat(5_000)}\n${"|x\n".repeat(200)}`,
    rows: `${"|a".repeat(50)}\n${"|-".repeat(50)}\n${"|x\n".repeat(3_000)}`,
    notes: Array.from({ length: 3_000 }, (_, i) => `[^${i}]`).join(""),
    underscores: "a_".repeat(50_000),
    definitions: "[a]: x\n".repeat(5_000),
    escapes: "\\".repeat(100_000),
    formulas: "\\(".repeat(40_000),
    display: "$$\n".repeat(20_000),
    "display in brackets": "\\[\n".repeat(30_000),
    "display in brackets with text": "\\[ x\n".repeat(20_000),
    "closed at the end": `${"\\(a ".repeat(12_000)}\\)`,
    "space in dollars": `$a${" ".repeat(40_000)}b$c end`,
  };
  return Object.entries(texts).map(([name, text]) => {
    const began = performance.now();
    const whole = stream([text], bare);
    stream(text.match(/.{1,2000}/gs)!, bare);
    const lost = text.endsWith("end") && !whole.textContent.includes("end");
    return { name, milliseconds: performance.now() - began, lost };
  });
}
