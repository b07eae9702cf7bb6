/**
 * Bundles Client/ with esbuild. "node bundle.mjs TASK":
 *
 *   page    the page's script and styles, into wwwroot/dist
 *   watch   the same, not minified, and again after each change
 *   tests   what the browser tests put into a page, into obj/client-tests
 *   unit    the unit tests for "node --test", into obj/client-tests
 */
import { readFileSync, rmSync } from "node:fs";
import { build, context } from "esbuild";

/** Packages of the parser whose tables are larger than the parser itself, and what replaces them. */
const alias = {
  entities: "./Client/markdown/slim/entities.ts",
  "linkify-it": "./Client/markdown/slim/linkify.ts",
  "punycode.js": "./Client/markdown/slim/punycode.ts",
  "uc.micro": "./Client/markdown/slim/unicode.ts",
};

/**
 * Leaves out of markdown-it what no answer needs: rules that ours replace or that are off, other presets, and the making of
 * HTML. They are a third of it. Each name of a rule stays, because rules are put in place by names.
 */
const notNeeded = [
  [/var default_rules = \{\};[\s\S]*?(?=\/\/#endregion)/, ""],
  [/new Renderer\(\)/, "{}"],
  [/_defineProperty\(MarkdownIt, "Renderer", Renderer\);/, ""],
  [/,\n\tzero: \{[\s\S]*?\n\};\n(?=var BAD_PROTO_RE)/, "\n};\n"],
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
];

const lean = {
  name: "lean",
  setup: ({ onLoad }) =>
    onLoad({ filter: /markdown-it\.mjs$/ }, ({ path }) => {
      let contents = `${readFileSync(path, "utf8")}\nfunction none() { return false; }\n`;
      for (const [part, instead] of notNeeded) {
        const rest = contents.replace(part, () => instead);
        if (rest === contents) throw new Error(`markdown-it has no ${part} any longer`);
        contents = rest;
      }
      return { contents, loader: "js" };
    }),
};

const common = { bundle: true, target: "es2022", logLevel: "warning", alias, plugins: [lean] };

const page = {
  ...common,
  entryPoints: {
    main: "Client/page/main.ts",
    highlighter: "Client/markdown/highlight-worker.ts",
    site: "Client/page/site.css",
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

const tasks = {
  page: () => build(page),
  watch: async () => (await context({ ...page, minify: false, logLevel: "info" })).watch(),
  tests: () =>
    build({
      ...common,
      entryPoints: { markdown: "Client/markdown/tests/index.ts", "markdown-perf": "Client/markdown/perf/index.ts" },
      format: "iife",
      loader: { ".txt": "text" },
      outdir: "obj/client-tests",
    }),
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
