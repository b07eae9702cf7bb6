import { bare, stream, units } from "./drive";

/** What the additions to CommonMark mean: a text, a selector, and the text of the selected elements. */
const meanings: readonly [text: string, selector: string, shown: string[]][] = [
  ["A[^x] b[^long-1].\n\n[^x]: The *first*.\n[^long-1]: Second\n    goes on.\n\n    And on.\n\nAfter", "sup > a", ["1", "2"]],
  ["A[^x].\n\n[^x]: The *first* note.\n", ".note > p", ["The first note. ↩"]],
  ["A[^x].\n\n[^x]: One\n    two\n\n    three\n\nfour", ".note > p", ["One\ntwo", "three ↩"]],
  ["A[^x].\n\n[^x]: One\n\nfour", "div > p", ["A1.", "four", "One ↩"]],
  ["[^b]: B\n[^c]: C\n[^a]: A\n\nOf[^a] all[^b].", ":scope > *", ["Of1 all2.", "1.A ↩", "2.B ↩"]],
  ["A[^x].\n\n[^x]:\tOne\n    - two\n    - three\n", ".note li", ["two", "three"]],
  ["A [^x].", "p", ["A [^x]."]],
  ["A[^Note] b[^a.b/1].\n\n[^note]: Any case.\n[^A.b/1]: Signs.", ".note > p", ["Any case. ↩", "Signs. ↩"]],
  ["A[^.] [^a.] [^.b] [^a..b].\n\n[^.]: none", "sup, .note", []],
  ["价格[^*]上涨。\n\n[^*]: 该数据。\n\n> [^a b]: c", "p", ["价格[^*]上涨。", "[^*]: 该数据。", "[^a b]: c"]],
  ["- [ ] a\n- [x] b\n- [y] c", "li.task", ["☐ a", "☑ b"]],
  ["It costs $5 and $6.", "p", ["It costs $5 and $6."]],
  ["It costs $5, or 6$.", ".math", []],
  ["US$5 and C$6 and $HOME and $PATH:x", ".math", []],
  ["From $5 to $10 is $x$ more", ".math", ["x"]],
  ["$x$, $2x$ and $5 + 6 = 11$.", ".math", ["x", "2x", "5 + 6 = 11"]],
  ["\\(a\\) and \\[b\\] and $$c$$", ".math", ["a", "b", "c"]],
  ["$$\na\n$$\n\n\\[\nb\n\\]\n", "div > .math.display", ["a", "b"]],
  ["text:\n$$\na\n$$\nmore", "div > p", ["text:", "more"]],
  ["`$a$` \\$b\\$ and\n\n    $c$\n", ".math", []],
  ["| a | b |\n|:-:|--:|\n| 1 | `2` |\n", "td", ["1", "2"]],
  ["| a | b |\n|:-:|--:|\n| 1 | 2 |\n", "td.right, th.center", ["a", "2"]],
  ["~~gone~~ and ~one~", "s", ["gone", "one"]],
  ["https://a.example/x, http://b.example and a@c.example.", "a", ["https://a.example/x", "http://b.example", "a@c.example"]],
  ["[a](ftp://a.example) [b](/b) ![c](https://c.example/c.png)", "a", ["c"]],
  ["```ts title=x\nlet a;\n```", ".code-language", ["TypeScript"]],
  ["```ts\nlet a;\n", "pre code", ["let a;\n"]],
  ["שלום\n\nHello", "p[dir=auto]", ["שלום", "Hello"]],
  ["- a\n\n- b", "ul:not(.tight) > li > p", ["a", "b"]],
  ["- a\n- b", "ul.tight > li > p", ["a", "b"]],

  // A line break is one, in a paragraph, an item, a quotation and a heading of two lines.
  ["a\nb  \nc\\\nd", "p > br", ["", "", ""]],
  ["- a\n  b\n\n> c\nd\n\ne\nf\n---", "br", ["", "", ""]],

  // Emphasis beside the punctuation of Chinese, Japanese and Korean, and beside Western punctuation in such a text.
  ["**「a」**は*“b”*の~~（c）~~と**d。**続", "strong, em, s", ["「a」", "“b”", "（c）", "d。"]],
  ["他说：**“好。”**然后*（走）*了。**𠮷。**野", "strong, em", ["“好。”", "（走）", "𠮷。"]],
  ["**주의:**다음, **(참고)**로 __「아」__", "strong", ["주의:", "(참고)", "「아」"]],
  ["2**3**4 and snake_case_x and 中文_a_b and a**(b)**", "em, strong", ["3"]],

  // The letter before or after other punctuation tells that it is such a text.
  ['**年齢:**20、**版本:**API；API**"注意"**a', "strong", ["年齢:", "版本:", '"注意"']],
  ["看 __「下線」__です，は__（注）__の", "strong", ["「下線」", "（注）"]],
  ["**Hinweis:**Text, a_(b)_c", "strong, em", []],

  // Tags
  ["| a<br>b | c<BR />d |\n|---|---|\n| e<br/>f | g |", "th > br, td > br", ["", "", ""]],
  [
    "H<sub>2</sub> <SUP class='x'>**3**</SUP> <kbd>a</kbd> <b>c</b> <del>d</del>",
    "sub, sup, kbd, strong, s",
    ["2", "3", "3", "a", "c", "d"],
  ],
  [
    "<sub>open and </sup> closed and *a <u>b* c</u> <div>x</div> <a href='https://x.example'>y</a>",
    "sub, sup, u, div > div, a",
    [],
  ],
  ["<kbd>a <mark>b</kbd> c</mark>", "kbd, mark", ["a <mark>b"]],
  ["`<br>` and \\<br> and\n\n    <br>\n", "br", []],
  ["a<br>\nb<br>\n\nc", "p", ["a\nb\n", "c"]],
  ["a <!-- b --> c <!--> d\n\n<!-- e\n\nf --> g\n\n`<!-- h -->`", "p", ["a  c  d", "g", "<!-- h -->"]],
  ["a <!-- never closed", "p", ["a <!-- never closed"]],
  ["<details>\n<summary>a *b*</summary>\nc\n\n- d\n</details>\ne", "details > *", ["a b", "c", "d"]],
  ["<details open class=x><summary>a</summary>b</details>\n\nc", "div > details, div > p", ["ab", "c"]],
  [
    "<details><summary>a</summary>\n\n<details>\n<summary>\nb\n</summary>\n\nc\n\n</details>\n</details>",
    "details details > *",
    ["b", "c"],
  ],
  ["<details>\nnever closed\n\n</details x\n", "details", []],
  ["<summary>a</summary>b", "summary", []],
  ["> <details>\n> a\n\n</details>\n\nb", "details", []],

  [
    "<kbd>*</kbd>a<kbd>*</kbd> <kbd>`</kbd>b<kbd>`</kbd> <kbd>**c**</kbd>",
    "kbd, em, code, strong",
    ["*", "*", "`", "`", "c", "c"],
  ],

  // A pipe in code ends no cell; a short row has all its cells.
  ["| `a|b` | c |\n|---|---|\n| `` d|`e `` | f |\n| \\` | g |", "th, td", ["a|b", "c", "d|`e", "f", "`", "g"]],
  ["| a | b | c |\n|---|---|---|\n| d |\n|", "td", ["d", "", "", "", ""]],
  ["| a \\\\| b \\| c |\n|---|---|", "th", ["a \\", "b | c"]],

  // Nor does a pipe in a formula.
  [
    "| $|x|$ | \\(a|b\\) | $P(A|B)$ |\n|---|---|---|\n| $5 | $6 | c |\n| $x | $y | $|z|$ |",
    "th, td",
    ["|x|", "a|b", "P(A|B)", "$5", "$6", "c", "$x", "$y", "|z|"],
  ],

  // A fence in a fence
  ["```markdown\n```sh\na\n```\nb\n```\nc", "pre, p", ["```sh\na\n```\nb\n", "c"]],
  [
    "```md title=x\n```js\na\n```\n````ts\nb\n```\nc\n````\nd\n```\ne",
    "pre, p",
    ["```js\na\n```\n````ts\nb\n```\nc\n````\nd\n", "e"],
  ],
  ["```md\n```md\n```js\na\n```\n```\nb\n```\nc", "pre, p", ["```md\n```js\na\n```\n```\nb\n", "c"]],
  ["```js\n```ts\na\n```\nb", "pre, p", ["```ts\na\n", "b"]],

  ["```README.md\n```sh\na\n```\nb\n```\nc", "pre, p", ["```sh\na\n```\nb\n", "c"]],

  // What stands behind a fence
  [
    "```{python}\na\n```\n```{.r .x}\na\n```\n```jsx:src/A.jsx\na\n```\n" +
      "```{1,3}\na\n```\n```js{1}\na\n```\n```c++,x\na\n```\n```a/b.ts\na",
    ".code-language",
    ["Python", "R", "JSX", "", "JavaScript", "C++", "a/b.ts"],
  ],

  // Formulas as models write them, and prices
  ["$ E = mc^2 $ and $ x $ and $ \\frac{a}{b} $ and $ a + b$", ".math", ["E = mc^2", "x", "\\frac{a}{b}", "a + b"]],
  ["$ 5 and 6 $ each, $5, $6; $ 7 - $ 8, $5/m - $6/m, $1, 2$ or $ US and $ CA", ".math", []],
  ["the $n$th and the $k$-th", ".math", ["n", "k"]],
  [
    "$ a, b $, $ 2x $, $ \\{1, 2\\} $, $ n $, $ P(A|B) $, $ sin(x) $",
    ".math",
    ["a, b", "2x", "\\{1, 2\\}", "n", "P(A|B)", "sin(x)"],
  ],
  ["$100-$150, $5M–$10M, $1,5 = 1 €, $ 2, $5 + $5 = $10, 5$ + 5$ = 10$, R$ 5 e R$ 6, $ 5k $", ".math", []],
  ["Set $" + "{HOME}/bin:$" + "{PATH} and $(pwd)/a:$(ls)/b, $AAPL/$MSFT, $5/$6, $1,000-$2,000", ".math", []],
  ["Run $ cd my_dir and $ ls, then $PATH = $HOME", ".math", []],
  ["$20/month or $30/month. US$ 5, $5/GB. In $ 7, $3 each. Was $4.", ".math", []],
  ["$|x| < 1$, $3 \\cdot 4$, $1/n$, $2/x + 1$", ".math", ["|x| < 1", "3 \\cdot 4", "1/n", "2/x + 1"]],
  ["$$\n\nx = y\n\n$$\n\n- \\[\n\n  a\n\n  \\]\n", ".math.display", ["x = y", "a"]],
  ["$$\n\nx = y\n\nNo end.\n\n\\[\n\nNor here.", ".math", []],
  [
    "\\begin{eqnarray*}\nx &=& y \\\\\nz\n\\end{eqnarray*}\n\n\\begin{multline}\na \\\\ b\n\\end{multline}\n\n" +
      "\\begin{flalign}c\\end{flalign}",
    ".math.display",
    [
      "\\begin{eqnarray*}\nx &=& y \\\\\nz\n\\end{eqnarray*}",
      "\\begin{multline}\na \\\\ b\n\\end{multline}",
      "\\begin{flalign}c\\end{flalign}",
    ],
  ],
  ["价格$5到$10，是$5，不是6$。设$x$为$y^2$。", ".math", ["x", "y^2"]],
  [
    "a\n\\begin{align*}\n- b \\\\[4pt]\n+ c\n\\end{align*}\nd",
    "div > .math.display, p",
    ["a", "\\begin{align*}\n- b \\\\[4pt]\n+ c\n\\end{align*}", "d"],
  ],
  ["\\begin{itemize}\n\\item a\n\\end{itemize} and `\\begin{align}` and a \\\\[4pt] b", ".math", []],

  [
    "so that: $$\nx = 1\n$$\nwhere y\n\n$$\nz\n$$\n\nand $$a$$\n$$\nb\n$$",
    ".math.display, p",
    ["so that: x = 1\nwhere y", "x = 1", "z", "and a", "a", "b"],
  ],
  [
    "The function: $$\nf =\n\\begin{cases}\na\n\\end{cases}\n$$\nso \\[\ng\n\\begin{matrix}b\\end{matrix}\n\\]",
    ".math",
    ["f =\n\\begin{cases}\na\n\\end{cases}", "g\n\\begin{matrix}b\\end{matrix}"],
  ],
  ["$f = \\text{if $x>0$ then}$ ok and $$ \\text{if $x$} $$", ".math", ["f = \\text{if $x>0$ then}", "\\text{if $x$}"]],
  ["Italian, $$, 4 stars; Thai, $$, 5. $$ (cheap) or $$$ is $$–$$$. $$ 5 $$", ".math", ["5"]],
  ["- $$: cheap\n- $$$: not\n- $$ a $$", ".math", ["a"]],

  // Directions
  ["- a\n- `x` ש\n- $x$ ש\n  - b", "li[dir=rtl], li li[dir=ltr]", ["x ש", "x שb", "b"]],
  ["| ש | a |\n|---|---|\n| b | 1 |", "table[dir=rtl] :is(th, td)[dir=auto]", ["ש", "a", "b", "1"]],
  ["> ש\n>\n> a", "blockquote[dir=rtl] > p[dir=auto]", ["ש", "a"]],
  ["`a` ש", "p[dir=auto] > code[dir=ltr]", ["a"]],
  ["- \\(a\\) ש\n- $$b$$ ש\n- &amp; ש\n- `c", "li[dir=rtl]", ["a ש", "b ש", "& ש"]],
  ["<kbd>Ctrl</kbd> ש https://a.example b@c.example", "kbd[dir=auto], a[dir=ltr]", ["Ctrl", "https://a.example", "b@c.example"]],
  [
    "- https://a.example/x ש\n- <kbd>Ctrl</kbd> ש\n- a@b.example ש\n- www.c.example ש",
    "li[dir=rtl]",
    ["https://a.example/x ש", "Ctrl ש", "a@b.example ש", "www.c.example ש"],
  ],

  // Addresses
  [
    "见https://a.example/b的，http://c.example。www.d.example看me@e.example吧",
    "a",
    ["https://a.example/b", "http://c.example", "www.d.example", "me@e.example"],
  ],
  [
    "(https://a.example/b_(c)). **https://d.example** [https://e.example]",
    "a",
    ["https://a.example/b_(c)", "https://d.example", "https://e.example"],
  ],
  ["https://例え.jp and https://münchen.de, http://пример.рф and www.köln.de and xwww.a.example and www.a_b.example", "a", []],
  [
    "www.bank.example@evil.example/x www.a.example:b@c.example www.a.example@-b www.a.example/@b",
    "a",
    ["www.bank.example@evil.example", "b@c.example", "www.a.example/@b"],
  ],
  [
    "[https://a.example](https://b.example/x) [**b**ank.example](https://a.example@c.example) " +
      "[A.example log-in](https://www.a.example/)",
    "a",
    ["https://a.example (b.example)", "bank.example (c.example)", "A.example log-in"],
  ],
  [
    "[Node.js 3.14](https://nodejs.org) [me@a.example](mailto:me@a.example) [ba\u200bnk.example](https://b.example) " +
      "![a.example](https://b.example)",
    "a",
    ["Node.js 3.14", "me@a.example", "ba\u200bnk.example (b.example)", "a.example (b.example)"],
  ],

  [
    "[//a.example](https://b.example) [me@a.example](https://b.example) [a@1.2.3](https://b.example) " +
      "[ftp://b.example/c.d](https://b.example)",
    "a",
    ["//a.example (b.example)", "me@a.example (b.example)", "a@1.2.3", "ftp://b.example/c.d"],
  ],

  [
    "[https:/a.example](https://b.example) [a\u2024example](https://b.example) " +
      "[https://a.example@b.example](https://b.example) [me@b.example](https://b.example)",
    "a",
    ["https:/a.example (b.example)", "a\u2024example (b.example)", "https://a.example@b.example (b.example)", "me@b.example"],
  ],

  [
    "[bank&period;example](https://evil.example) [$\\text{bank}.\\mathrm{example}$](https://evil.example) " +
      "[x&check;](https://a.example) [$x$](https://a.example)",
    "a",
    ["bank.example (evil.example)", "\\text{bank}.\\mathrm{example} (evil.example)", "x✓", "x"],
  ],
  [
    "https://a.example@b.example/x <https://a.example@c.example> https://a:b@d.example e.f+g@h.example " +
      "[192.168.1.1](https://b.example) [10.0.0.1](http://10.0.0.1/) [10.0.19041.1](https://b.example)",
    "a",
    [
      "https://a.example@b.example/x (b.example)",
      "https://a.example@c.example (c.example)",
      "https://a:b@d.example",
      "e.f+g@h.example",
      "192.168.1.1 (b.example)",
      "10.0.0.1",
      "10.0.19041.1",
    ],
  ],

  [
    "[www.allegro.pl](https://b.example) [www.mbank.pl/login](https://b.example) [notion.so](https://b.example) " +
      "[docs.rs](https://b.example) [x/bank.example](https://b.example) [[2001:db8::1]](https://b.example) " +
      "[//[2001:db8::1]/](https://b.example) [README.md/x](https://b.example) [Node.js/bank.example](https://b.example)",
    "a > span",
    Array.from({ length: 9 }, () => "(b.example)"),
  ],
  [
    "[README.md](https://b.example) [the main.py](https://b.example) [docs/api.md](https://b.example) " +
      "[vercel/next.js](https://b.example) [b.example/a/c.pl](https://b.example) [ASP.NET](https://b.example) " +
      "[[2001:db8::1]](https://[2001:db8:0::1]/) [at [10:30]](https://b.example) [nginx.conf](https://b.example) " +
      "[Cargo.lock](https://b.example) [run.bat](https://b.example) [App.swift](https://b.example) " +
      "[CONTRIBUTING.md](https://b.example) [build.rs](https://b.example) [install.sh](https://b.example)",
    "a > span",
    [],
  ],

  // Headings follow those of the page, and none is left out.
  ["# a\n\n### b\n\n## c\n\n# d\n\n> ## e", "h3, h4", ["a", "b", "c", "d", "e"]],
  ["#### a\n\n##### b\n\n###### c\n\n# d", "h3", ["a", "d"]],

  // Notes: a way back, none twice, none that is not used.
  ["a[^1] b[^2] c[^1]\n\n[^1]: d[^2]\n[^2]: e\n[^2]: twice\n[^3]: unused", ".note > p", ["d2 ↩", "e ↩"]],
  ["a[^1] b[^1]\n\n[^1]: d", "a[id]", ["1"]],
  ["注[^1]。\n\n[^1]：文", ".note > p", ["文 ↩"]],

  ["&lfloor; &nvlt; &fjlig; &CounterClockwiseContourIntegral; &Aacute &none; &#x1F600;", "p", ["⌊ <⃒ fj ∳ &Aacute &none; 😀"]],
  ["~a~ ~~b~~ ~~~c~~~ 3~5 4~6 ~ d ~ ~~e~", "s", ["a", "b"]],
];

export function differing(): string[] {
  return meanings.flatMap(([text, selector, shown]) =>
    [[text], units(text)].flatMap((pieces) => {
      const root = document.createElement("section").appendChild(stream(pieces, bare));
      const got = [...root.querySelectorAll(selector)].map((element) => element.textContent);
      return JSON.stringify(got) === JSON.stringify(shown)
        ? []
        : [`${JSON.stringify(text)} ${selector}: ${JSON.stringify(got)} and not ${JSON.stringify(shown)}`];
    }),
  );
}
