import { begin, numbers, shape, split, stream } from "./drive";

const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}x${close.repeat(depth)}`;

/** Formulas that kill or freeze a browser if they are typeset. */
const refused: Record<string, string> = {
  superscripts: nested("x^{", "}", 145),
  subscripts: nested("x_{", "}", 200),
  roots: nested("\\sqrt{", "}", 300),
  fractions: nested("\\frac{1}{", "}", 300),
  "continued fraction": nested("\\frac{1}{1+", "}", 200),
  hats: nested("\\hat{", "}", 300),
  lines: nested("\\overline{", "}", 300),
  braces: nested("{", "}", 1_000),
  delimiters: nested("\\left(", "\\right)", 250),
  matrices: nested("\\begin{pmatrix}", "\\end{pmatrix}", 100),
  sizes: `${"\\large\\small".repeat(250)} x`,
  styles: `${"\\displaystyle\\textstyle ".repeat(150)} x`,
  colors: `${"\\color{red}\\color{blue}".repeat(170)} x`,
  fonts: `${"\\rm\\bf ".repeat(400)} x`,
  macro: `\\def\\a{${"x".repeat(500)}}${"\\a".repeat(190)}`,
  "global macro": `\\gdef\\a{${"x".repeat(100)}}${"\\a".repeat(190)}`,
  command: `\\newcommand{\\a}{${"x".repeat(500)}}${"\\a".repeat(190)}`,
  letters: "x+".repeat(1_999),
  cells: `\\begin{matrix}${"&".repeat(1_000)}\\end{matrix}`,
  rows: `\\begin{matrix}${"\\\\".repeat(1_000)}\\end{matrix}`,
};

const typeset = [
  "x^2",
  nested("\\frac{1}{1+", "}", 8),
  nested("x^{", "}", 20),
  "\\begin{pmatrix}1 & 2\\\\3 & 4\\end{pmatrix}",
  `\\begin{aligned}${"a &= b + c \\\\".repeat(20)}\\end{aligned}`,
  "\\left[0, 1\\right) \\cup [2, 3)",
  "\\large \\text{Hello}",
];

/** Other texts that became elements within elements without end. */
const deep: Record<string, string> = {
  emphasis: `${"*a _b ".repeat(3_000)}x${"_ *".repeat(3_000)}`,
  strong: `${"**a ".repeat(2_000)}x${"**".repeat(2_000)}`,
  struck: nested("~~a *b ", "* ~~", 2_000),
  templates: "```js\n" + "`${".repeat(400) + "x\n```\n",
  "templates on lines": "```js\n" + "`${\n".repeat(4_000) + "x\n```\n",
  interpolations: '```kotlin\n"' + '${"\n'.repeat(3_000) + "x\n```\n",
  braces: "```scss\n" + "a {\n".repeat(4_000) + "x\n```\n",
  parentheses: "```lisp\n" + "(a\n".repeat(6_000) + "x\n```\n",
  quotes: `${"> ".repeat(3_000)}x`,
  lists: `${"- ".repeat(3_000)}x`,
  links: `${"[![a".repeat(1_000)}x${"](https://a.example)".repeat(1_000)}`,
};

/** Deeper elements crash some browsers. */
const deepest = 420;

function depthOf(root: Element): number {
  let deepestSeen = 0;
  let level: Element[] = [root];
  while (level.length > 0) {
    deepestSeen++;
    level = level.flatMap((element) => [...element.children]);
  }
  return deepestSeen;
}

/** Whatever a text is made of, the page it becomes is bounded, and nothing of the text is lost. */
export function bounds(): string[] {
  const failures: string[] = [];
  for (const [name, formula] of Object.entries(refused)) {
    for (const text of [`$$${formula}$$`, `$$\n${formula}\n$$`, `\\[${formula}\\]`]) {
      const root = stream([text]);
      const math = root.querySelector(".math");
      if (root.querySelector(".katex")) failures.push(`${name} was typeset`);
      if (!math || math.textContent !== formula.trim())
        failures.push(`${name} does not show its source: ${shape(root).slice(0, 99)}`);
    }
  }
  for (const formula of typeset)
    if (!stream([`$$${formula}$$`]).querySelector(".katex")) failures.push(`Not typeset: ${formula.slice(0, 60)}`);
  for (const [name, text] of Object.entries(deep)) {
    for (const pieces of [[text], split(text, numbers(1), 2_000)]) {
      const root = stream(pieces);
      const depth = depthOf(root);
      if (depth > deepest) failures.push(`${name} is ${depth} elements deep`);
      if (!root.textContent.includes("x")) failures.push(`${name} lost its text`);
    }
  }
  return failures;
}

/** An answer has as many formulas at its end, and after a reload, as it may have. */
export function manyFormulas(): string[] {
  const failures: string[] = [];
  const text = Array.from({ length: 1_200 }, (_, i) => `$x_{${i}}$ and\n\n`).join("");
  const large = `$${"a+".repeat(400)}a$\n\n`.repeat(100);
  for (const [name, source, fewest, most] of [
    ["many", text, 1_000, 1_000],
    ["large", large, 15, 60],
  ] as const) {
    const whole = stream([source]).querySelectorAll(".katex").length;
    const { root, renderer } = begin();
    for (const piece of split(source, numbers(2), 400)) {
      renderer.add(piece);
      renderer.update();
    }
    const live = root.querySelectorAll(".katex").length;
    renderer.finish();
    const ended = root.querySelectorAll(".katex").length;
    for (const [when, count] of Object.entries({ whole, live, ended }))
      if (count < fewest || count > most) failures.push(`${count} ${name} formulas were typeset: ${when}`);
    if (root.querySelectorAll(".math").length !== (name === "many" ? 1_200 : 100)) failures.push(`${name}: formulas are missing`);
  }
  return failures;
}
