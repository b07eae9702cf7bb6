import { bare, stream, units } from "./drive";

/** What the additions to CommonMark mean: a text, a selector, and the text of the selected elements. */
const meanings: readonly [text: string, selector: string, shown: string[]][] = [
  ["A[^x] b[^long-1].\n\n[^x]: The *first*.\n[^long-1]: Second\n    goes on.\n\n    And on.\n\nAfter", "sup > a", ["1", "2"]],
  ["A[^x].\n\n[^x]: The *first* note.\n", ".note > p", ["The first note."]],
  ["A[^x].\n\n[^x]: One\n    two\n\n    three\n\nfour", ".note > p", ["One\ntwo", "three"]],
  ["A[^x].\n\n[^x]: One\n\nfour", "div > p", ["A1.", "four", "One"]],
  ["[^b]: B\n[^c]: C\n[^a]: A\n\nOf[^a] all[^b].", ":scope > *", ["Of1 all2.", "1.A", "2.B", "3.C"]],
  ["A[^x].\n\n[^x]:\tOne\n    - two\n    - three\n", ".note li", ["two", "three"]],
  ["A [^x].", "p", ["A [^x]."]],
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
  ["~~gone~~ and ~one~", "s", ["gone"]],
  ["https://a.example/x, http://b.example and a@c.example.", "a", ["https://a.example/x", "http://b.example", "a@c.example"]],
  ["[a](ftp://a.example) [b](/b) ![c](https://c.example/c.png)", "a", ["c"]],
  ["```ts title=x\nlet a;\n```", ".code-language", ["ts"]],
  ["```ts\nlet a;\n", "pre code", ["let a;\n"]],
  ["שלום\n\nHello", "p[dir=auto]", ["שלום", "Hello"]],
  ["- a\n\n- b", "ul:not(.tight) > li > p", ["a", "b"]],
  ["- a\n- b", "ul.tight > li > p", ["a", "b"]],
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
