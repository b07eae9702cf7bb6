/** Texts that a model in a loop or an attacker may write, as long as asked. Each has a kind of its own. */
export const pathological: Readonly<Record<string, (length: number) => string>> = {
  ...runs(),
  ...lines(),
  ...blocks(),
  ...links(),
  ...tables(),
  ...codes(),
  ...formulas(),
  ...scripts(),
};

type Kinds = Record<string, (length: number) => string>;

/** A unit again and again. The text is cut at its length, before its end. */
function filled(unit: string | ((i: number) => string), before = "", after = ""): (length: number) => string {
  return (length) => {
    let text = before;
    for (let i = 0; text.length < length - after.length; i++) text += typeof unit === "string" ? unit : unit(i);
    return text.slice(0, length - after.length) + after;
  };
}

function filledEach(name: string, units: readonly string[]): Kinds {
  return Object.fromEntries(units.map((unit) => [`${name} ${JSON.stringify(unit)}`, filled(unit)]));
}

/** Marks in one line. */
function runs(): Kinds {
  return {
    ...filledEach("one line of", [
      "*",
      "_",
      "~",
      "`",
      "$",
      "|",
      "-",
      "=",
      "+",
      "#",
      ":",
      "\\",
      "[",
      "]",
      "(",
      "!",
      "<",
      "&",
      ">",
    ]),
    ...filledEach("one line of", ["> ", "- ", "1. ", "*a ", "_a ", "**a ", "**a _b ", "~~a ", "`a ", "`a ``b ", "***a** b* "]),
    ...filledEach("one line of", [
      "&amp;",
      "&#0;",
      "&a",
      "<a>",
      "<a ",
      "\\*",
      "a\\\n",
      "a  \n",
      "a_",
      "a*",
      "*a*",
      "**a**",
      "`a`",
    ]),
    "keys with marks": filled("<kbd>*</kbd>"),
    "tags within emphasis": filled("<b>*</b>_"),
    "spaces and letters": filled(" ", "", "letters"),
    "tabs and letters": filled("\t", "", "letters"),
    "quotation marks and letters": filled(">", "", "letters"),
    "stars after a letter": filled("*", "a", " words at the end"),
    "one word": filled("a"),
    "words in one line": filled("word "),
    "emphasis around words": filled("word ", "**", "**"),
    "emphasis that grows": filled((i) => `${"*".repeat(1 + (i % 9))}a`),
    "ticks that grow": filled((i) => `${"`".repeat(i % 400)} `),
  };
}

/** The same short line again and again. */
function lines(): Kinds {
  return {
    ...filledEach("lines", [
      "\n",
      " \n",
      "a\n",
      "a\n\n",
      "- x\n",
      "1. x\n",
      "- a\n\n",
      "* \n",
      "- [ ] a\n",
      "# a\n",
      "a\n-\n",
      "a\n=\n",
    ]),
    ...filledEach("lines", [
      "***\n",
      "> a\n",
      "> a\n\n",
      ">\n",
      "    a\n",
      "\ta\n",
      "~~~\n",
      "```\n",
      "```\na\n```\n",
      "$$\n",
      "\\[\n",
    ]),
    ...filledEach("lines", [
      "\\[ x\n",
      "<!-- a\n",
      "[a]: b\n",
      "[^a]: b\n",
      "+ a\n- a\n",
      "1) a\n1. a\n",
      "**a**\n",
      "\r",
      "a\r\n",
    ]),
    "numbers": filled((i) => `${i}\n`),
    "breaks by backslashes": filled("a\\\n"),
    "verses": filled("A line of a poem that never ends\n"),
    "log": filled((i) => `2026-11-29 05:00:${i % 60} INFO [main] request=${i} took=${i % 97}ms path=/a/b_c\n`),
  };
}

/** Containers within each other. */
function blocks(): Kinds {
  const nested = (unit: string, depth: number) => `${unit.repeat(depth)}x\n`;
  return {
    "lines of lists in lists": filled(nested("- ", 80)),
    "lines of quotations in quotations": filled(nested("> ", 80)),
    "lines of lists in quotations": filled(nested("> - ", 40)),
    "lines of numbers in numbers": filled(nested("1. ", 40)),
    "lists that go deeper": filled((i) => `${"  ".repeat(i % 60)}- item ${i}\n`),
    "one item that never ends": filled("  and more of it\n", "- item\n"),
    "one item of many paragraphs": filled("  A paragraph.\n\n", "- item\n\n"),
    "one quotation that never ends": filled("> and more of it\n"),
    "one quotation of many paragraphs": filled("> A *paragraph*.\n>\n"),
    "one quotation of lists": filled("> - a\n"),
    "one note that never ends": filled("    more\n\n", "[^1]: note\n\n"),
    "lists in one item": filled("  - a\n", "- item\n"),
    "headings of marks": filled("###### **a** `b`\n"),
    "mixed markers": filled((i) => ["- a\n", "1. b\n", "> c\n", "# d\n", "```\n", "| e |\n"][i % 6]!),
  };
}

function links(): Kinds {
  return {
    ...filledEach("links", ["[a](", "[a](b", "![a](", "[a](b) ", "[a](https://a.example) ", "![a](https://a.example/b.png) "]),
    ...filledEach("links", [
      "[a",
      "![",
      "[^a] ",
      "[^a",
      "[a][b] ",
      "[[a]] ",
      "<https://a.example> ",
      "https://a.example ",
      "a@b.example ",
    ]),
    ...filledEach("links", ["http://", "www.a.example ", "[a](<b", '[a](b "c', "[]()", "a.b@", "mailto:a@b.example "]),
    "links in links": filled("[![a", "", "](https://a.example)"),
    "one address": filled("a/b?c=d&", "https://a.example/"),
    "one label": filled("a", "[", "](https://a.example)"),
    "definitions and their uses": filled((i) => `[a${i}]: https://a.example/${i}\n\n[a${i}]\n\n`),
    "uses before their definitions": (length) => {
      const half = Math.floor(length / 2);
      return filled((i) => `[a${i}] `)(half) + filled((i) => `\n\n[a${i}]: https://a.example/${i}`)(half);
    },
    "labels without ends": filled("[a]["),
    "addresses without a host": filled("https://[::"),
    "addresses with names": filled("https://a.b@"),
    "notes in notes": filled((i) => `[^${i}]: x[^${i + 1}]\n\n`, "a[^0]\n\n"),
    "notes after their uses": (length) => {
      const half = Math.floor(length / 2);
      return filled((i) => `a[^${i}] `)(half) + filled((i) => `\n\n[^${i}]: x`)(half);
    },
    "notes and their uses": filled((i) => `Text[^${i}].\n\n[^${i}]: Note.\n\n`),
  };
}

function tables(): Kinds {
  return {
    "rows of two cells": filled("|x|y|\n", "|a|b|\n|-|-|\n"),
    "rows with emphasis": filled("|**x**|`y`|[z](https://a.example)|\n", "|a|b|c|\n|-|-|-|\n"),
    "rows with open ticks": filled("|`x|y|\n", "|a|b|\n|-|-|\n"),
    "rows of one cell in many columns": filled("|x\n", `${"|a".repeat(200)}\n${"|-".repeat(200)}\n`),
    "one head of many cells": (length) => `${"|a".repeat(length / 4)}|\n${"|-".repeat(length / 4 - 2)}|\n`,
    "one row of many cells": filled("|a", "|a|b|\n|-|-|\n"),
    "heads only": filled("|a|b|\n"),
    "heads and underlines": filled("|a|\n|-|\n"),
    "heads in items": filled("- | a | b |\n"),
    "heads in quotations": filled("> | a | b |\n>\n"),
    "rows in one item": filled("  | a | b |\n", "- | a | b |\n  |---|---|\n"),
    "underlines": filled("|-|-|\n"),
    "many small tables": filled("|a|b|\n|-|-|\n|c|d|\n\n"),
    "pipes without a head": filled("a | b | c\n"),
    "rows of pipes": filled("|||||||\n", "|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n"),
    "rows of formulas": filled("|$x$|$y$|\n", "|a|b|\n|-|-|\n"),
  };
}

function codes(): Kinds {
  const fence = (language: string, unit: string | ((i: number) => string)) => filled(unit, `\`\`\`${language}\n`, "\n```\n");
  const short = (language: string, unit: string) => (length: number) =>
    `${filled(unit, `\`\`\`${language}\n`, "\n```\n\n")(31_000)}`.repeat(Math.floor(length / 31_000));
  return {
    "code of lines": fence("ts", "const answer = compute(42, 'two');\n"),
    "code of one line": fence("ts", "a + "),
    "code of short lines": fence("js", "a\n"),
    "code of blank lines": fence("", "\n"),
    "code that is never closed": filled("let a = 1;\n", "```js\n"),
    "code in a list": filled("  let a = 1;\n", "- item\n  ```js\n"),
    "code in a quotation": filled("> let a = 1;\n", "> ```js\n"),
    "code of many blocks": filled("```js\nlet a = [1, 'b'];\n```\n\n"),
    "code of links": short("markdown", "[a]("),
    "code of links on lines": short("markdown", "[a](\n"),
    "code of one identifier": short("java", "AB_"),
    "code of one identifier in PHP": short("php", "AB_"),
    "code of hexadecimal digits": short("java", "0123456789abcdef"),
    "code of open templates": short("js", "`${\n"),
    "code of brackets": short("json", "[[{\n"),
    "code of tags": short("xml", '<a b="c">\n'),
    "code of commands": short("bash", "echo $(cat a | grep b)\n"),
    "code of small tokens": short("python", "a=1;b=[2,'c']\n"),
    "language without end": filled("a", "```", "\nx\n```\n"),
  };
}

function formulas(): Kinds {
  return {
    ...filledEach("formulas", [
      "$x$ ",
      "$x^2$\n\n",
      "$$x$$ ",
      "$$x$$\n\n",
      "$\\frac{a}{b}$ ",
      "\\(a\\) ",
      "\\[a\\]\n\n",
      "$a ",
      "$5 and ",
    ]),
    ...filledEach("formulas", ["\\(", "\\)", "\\(a ", "\\[", "$$\n\n", "$a\\$", "a\\$", "$$a\n", "\\begin{a}\n"]),
    "formulas in each other": filled("x^{", "$", "$"),
    "formulas with macros": filled(`$\\def\\a{${"x".repeat(500)}}${"\\a".repeat(190)}$\n\n`),
    "formulas of many letters": filled(`$$${"x+".repeat(1_900)}x$$\n\n`),
    "formulas of many cells": filled(`$$\\begin{matrix}${"a&".repeat(400)}a\\end{matrix}$$\n\n`),
    "formulas of deep fractions": filled(`$$${"\\frac{1}{1+".repeat(40)}x${"}".repeat(40)}$$\n\n`),
    "one formula of one line": filled("x+", "$$", "$$"),
    "one formula of many lines": filled("x+\n", "$$\n", "\n$$"),
    "one formula that never closes": filled("x + y\n", "$$\n"),
    "texts in formulas": filled("\\text{$x$} ", "$", "$"),
    "texts in formulas that never close": filled("\\text{$"),
    "two dollars behind a text": filled("x $$\n"),
    "brackets behind a text": filled("x \\[\n"),
    "formulas with empty lines": filled("$$\n\nx = 1\n"),
    "formulas in one item": filled("  $x$\n", "- item\n"),
  };
}

function scripts(): Kinds {
  return {
    "marks on one letter": filled("\u0300", "a"),
    "marks on each letter": filled(`a${"\u0300".repeat(49)}`),
    "Thai clusters": filled("\u0e33\u0e47"),
    "Devanagari clusters": filled("\u0915\u094d"),
    "joined emoji": filled("\u{1f468}\u200d"),
    "regional indicators": filled("\u{1f1e9}"),
    "variation selectors": filled("\ufe0f", "a"),
    "tag characters": filled("\u{e0061}", "\u{1f3f4}"),
    "right to left": filled("\u05d0\u05d1 "),
    "turned directions": filled("\u202ea\u202db"),
    "isolates": filled("\u2066a"),
    "closed isolates": filled("\u2067a\u2069 "),
    "surrogates": filled("\ud800"),
    "zero-width spaces": filled("\u200b"),
    "zero-width joiners": filled("\u200d"),
    "line separators": filled("\u2028"),
    "null": filled("\0"),
    "Chinese without end": filled("\u4e2d"),
    "Chinese with open marks": filled("**\u300c\u6ce8\u610f"),
    "Chinese with marks of two kinds": filled("_\u300ca\u300d_b**\u3002"),
    "Chinese with emphasis": filled("**\u4e2d\u6587**\uff0c"),
    "Arabic letters": filled("\u0628"),
    "Arabic ligatures": filled("\ufdfa"),
    "soft hyphens": filled("a\u00ad"),
    "no-break spaces": filled("\u00a0a"),
    "Jamo": filled("\u1100"),
  };
}
