/**
 * Bundles Client/ with esbuild. "node bundle.mjs TASK":
 *
 *   page    the page's script and styles, into wwwroot/dist
 *   watch   the same, not minified, and again after each change
 *   tests   what the browser tests put into a page, into obj/client-tests
 *   unit    the unit tests for "node --test", into obj/client-tests
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { build, context } from "esbuild";
import { minify } from "terser";

/** Packages of the parser whose tables are larger than the parser itself, and what replaces them. */
const alias = {
  entities: "./Client/markdown/slim/entities.ts",
  "linkify-it": "./Client/markdown/slim/linkify.ts",
  mdurl: "./Client/markdown/slim/mdurl.ts",
  "punycode.js": "./Client/markdown/slim/punycode.ts",
  "uc.micro": "./Client/markdown/slim/unicode.ts",
};

/** What gives a parser one of its parts. */
function propertyOf(name) {
  return new RegExp(`_defineProperty\\(\\s*this,\\s*/\\*(?:(?!\\*/)[\\s\\S])*\\*/\\s*"${name}",[^;]*;`);
}

/** What makes HTML in markdown-it. Answers become nodes without it. */
const makingHtml = [
  [/var default_rules = \{\};[\s\S]*?(?=\/\/#endregion)/, ""],
  [propertyOf("renderer"), ""],
  [/_defineProperty\(MarkdownIt, "Renderer", Renderer\);/, ""],
  [/\n\trender\(src[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\trenderInline\(src[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\t\t\txhtmlOut: false,\n\t\t\tbreaks: false,\n\t\t\tlangPrefix: "language-",/, ""],
  [/\n\t\t\ttypographer: false,[\s\S]*?highlight: null,/, ""],
  [/\n\tvalidateLink\(url\)[\s\S]*?\n\t\}(?=\n)/, ""],
];

/**
 * What else no answer needs of markdown-it: rules that ours replace or that are off, and other presets. With the making of HTML
 * it is more than a third. Each name of a rule stays, because rules are put in place by names.
 */
const notNeeded = [
  [/,\n\tzero: \{[\s\S]*?\n\};\n(?=var BAD_PROTO_RE)/, "\n};\n"],
  [/,\n\t\tcomponents: \{\n\t\t\tcore: \{\},[\s\S]*?\n\t\t\}(?=\n\t\})/, ""],
  [
    /`Parser rule not found: \$\{\w+\}`|"(?:inline|block) rule didn't increment state\.\w+"|"Input data should be a String"/g,
    '"rule"',
  ],
  [/\["strip_references", strip_references\],/, ""],
  [/\["replacements", replace\],/, ""],
  [/\["smartquotes", smartquotes\],/, ""],
  [/(?<=\["linkify", )linkify\$1(?=\])/, "none"],
  [/(?<=\["linkify", )linkify(?=\])/, "none"],
  [/(?<=\["html_inline", )html_inline(?=\])/, "none"],
  [/(?<=\["strikethrough", )strikethrough_default\.tokenize(?=\])/, "none"],
  [/(?<=\["strikethrough", )strikethrough_default\.postProcess(?=\])/, "none"],
  [/(?<="table",\s+)table(?=,)/, "none"],
  [/(?<="fence",\s+)fence(?=,)/, "none"],
  [/(?<="html_block",\s+)html_block(?=,)/, "none"],
  [/(?<=utils_exports = )[\s\S]*?\}\);/, "{ unescapeAll };"],
  [/(?<=helpers_exports = )[\s\S]*?\}\);/, "{ parseLinkDestination, parseLinkLabel, parseLinkTitle };"],
  [/Object\.assign\(\{\}, helpers_exports\)/, "helpers_exports"],
  [propertyOf("linkify"), ""],
  [/const \[presetNameOrOptions[\s\S]*?(?=\n\t\}\n)/, "this.configure();"],
  [/\n\tset\(options[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\t\tif \(typeof src !== "string"\)[^;]*;/, ""],
  [/(?<=MarkdownItCallable = )callable\(MarkdownIt\)/, "MarkdownIt"],
  [/(?<=function _defineProperty\(e, r, t\) \{)[\s\S]*?(?=\n\})/, "e[r] = t;"],
  [/(?<=\n\tconfigure\(presets\) \{)[\s\S]*?(?=\n\t\}\n)/, "this.options = { ...config.default.options };"],
  // What replaces the packages of addresses knows these parts only, and decodes nothing.
  [/if \(!parsed\.protocol \|\| RECODE_HOSTNAME_FOR\.indexOf\(parsed\.protocol\) >= 0\) (?=try)/, ""],
  [/if \(parsed\.(?:search|hash)\) parsed\.(?:search|hash) = [^;]*;/, ""],
  [/if \(parsed\.(?:search|hash)\) parsed\.(?:search|hash) = [^;]*;/, ""],
  [/(?<=\n\tnormalizeLinkText\(url\) \{)[\s\S]*?(?=\n\t\}\n)/, "return url;"],
  [/\n\tenableOnly\(list[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\tparseInline\(src[\s\S]*?\n\t\}(?=\n)/, ""],
  ...["enable", "disable"].map((name) => [new RegExp(`\\n\\t${name}\\(list(?=[^*]*?"core")[\\s\\S]*?\\n\\t\\}(?=\\n)`), ""]),
  [/\n\tenable\(list[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\tdisable\(list[\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\tattrPush\([\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\tattrSet\([\s\S]*?\n\t\}(?=\n)/, ""],
  [/\n\tattrJoin\([\s\S]*?\n\t\}(?=\n)/, ""],
  ...["Token", "Ruler", "ParserCore", "StateCore", "ParserBlock", "StateBlock", "ParserInline", "StateInline"].map((name) => [
    `_defineProperty(MarkdownIt, "${name}", ${name});`,
    "",
  ]),
];

/** Leaves parts out of markdown-it. */
const without = (parts) => ({
  name: "without",
  setup: ({ onLoad }) =>
    onLoad({ filter: /markdown-it\.mjs$/ }, ({ path }) => {
      let contents = `${readFileSync(path, "utf8")}\nfunction none() { return false; }\n`;
      for (const [part, instead] of parts) {
        const rest = contents.replace(part, () => instead);
        if (rest === contents) throw new Error(`markdown-it has no ${part} any longer`);
        contents = rest;
      }
      return { contents, loader: "js" };
    }),
});

const common = { bundle: true, target: "es2022", logLevel: "warning", alias, plugins: [without([...makingHtml, ...notNeeded])] };

const page = {
  ...common,
  entryPoints: {
    main: "Client/page/main.ts",
    highlighter: "Client/markdown/highlight-worker.ts",
    site: "Client/page/site.css",
    settings: "Client/page/settings.css",
    rtl: "Client/page/rtl.css",
    files: "Client/page/files.css",
    side: "Client/page/side.css",
    library: "Client/page/library.css",
    answers: "Client/page/answers.css",
    usage: "Client/page/usage.css",
    account: "Client/page/account.css",
    reading: "Client/page/reading.css",
    later: "Client/page/later.css",
    admin: "Client/page/admin.css",
    diagnose: "Client/diagnose/main.ts",
    diagnosis: "Client/diagnose/diagnosis.css",
    math: "Client/markdown/math.css",
  },
  format: "esm",
  splitting: true,
  minify: true,
  sourcemap: true,
  legalComments: "linked",
  // KaTeX names each font in three formats: browsers need only the newest.
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
  outdir: "wwwroot/dist",
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
};

/** The script of the frame that draws diagrams. It is one file, because a frame without an origin can load no module. */
const diagram = {
  bundle: true,
  target: "es2022",
  logLevel: "warning",
  entryPoints: { diagram: "Client/diagram/main.ts" },
  format: "iife",
  minify: true,
  legalComments: "none",
  // The typesetter's own styles are loaded by no frame.
  loader: { ".css": "empty" },
  outdir: "wwwroot/dist",
};

/** The page of a shared conversation, by itself: with the page's script it would cut that into pieces, which are larger. */
const reading = { ...page, entryPoints: { reading: "Client/page/reading.ts" } };

/** What removes the traces of a user who has signed out, by itself for the same reason. */
const forget = { ...page, entryPoints: { forget: "Client/page/forget.ts" } };

/** Writes what esbuild made of the pages. Scripts go through a second minifier, which makes them 4 % smaller in Brotli. */
async function buildPages() {
  const inputs = [await buildPage(page), await buildPage(reading), await buildPage(forget), await buildDiagram()].flat();
  writeFileSync(`${page.outdir}/licences.txt`, licencesOf(inputs));
}

async function buildPage(options) {
  const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true });
  const texts = new Map(outputFiles.map(({ path, contents, text }) => [path, path.endsWith(".woff2") ? contents : text]));
  for (const path of [...texts.keys()].filter((name) => name.endsWith(".js"))) {
    const map = `${path}.map`;
    const { code, map: mapped } = await minify(texts.get(path), {
      module: true,
      compress: { passes: 2 },
      format: { comments: /^!/ },
      sourceMap: { content: texts.get(map), url: basename(map) },
    });
    texts.set(path, code).set(map, mapped);
  }
  for (const [path, text] of texts) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return Object.keys(metafile.inputs);
}

/** It is small enough as esbuild makes it. */
async function buildDiagram() {
  const { metafile } = await build({ ...diagram, metafile: true });
  return Object.keys(metafile.inputs);
}

/** The licences of the packages that are in the bundles, as they want to be passed on. */
function licencesOf(inputs) {
  const folders = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined && !license) throw new Error(`${name} has no licence`);
    // A few packages only name it.
    const text =
      file === undefined ? `${license}, by ${author?.name ?? author}` : readFileSync(`${folder}/${file}`, "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.join(`\n${"-".repeat(72)}\n\n`);
}

const tasks = {
  page: buildPages,
  watch: async () => {
    for (const one of [page, reading, forget, diagram])
      await (await context({ ...one, minify: false, logLevel: "info" })).watch();
  },
  tests: async () => {
    const tests = { ...common, format: "iife", loader: { ".txt": "text" }, outdir: "obj/client-tests" };
    await build({ ...tests, entryPoints: { markdown: "Client/markdown/tests/index.ts" } });
    // The way to compare with makes HTML.
    const entryPoints = { "markdown-perf": "Client/markdown/perf/index.ts" };
    await build({ ...tests, entryPoints, plugins: [without(notNeeded)] });
  },
  unit: () => {
    // Without those of tests that have been renamed or deleted.
    rmSync("obj/client-tests/unit", { recursive: true, force: true });
    return build({
      ...common,
      entryPoints: ["Client/**/*.test.ts"],
      // A document for the tests, and a second reader of Markdown: Node reads them as they are.
      external: ["linkedom", "micromark", "micromark-extension-gfm"],
      loader: { ".txt": "text" },
      platform: "node",
      format: "esm",
      target: "node20",
      outdir: "obj/client-tests/unit",
      entryNames: "[name]",
      outExtension: { ".js": ".mjs" },
    });
  },
};

const task = tasks[process.argv[2]];
if (!task) throw new Error(`node bundle.mjs ${Object.keys(tasks).join("|")}`);
await task();
