import assert from "node:assert/strict";
import { test } from "node:test";
import { languageName } from "./languages";

test("Languages are named as people write them", () => {
  const names = {
    ts: "TypeScript",
    cs: "C#",
    "C#": "C#",
    csharp: "C#",
    "c++": "C++",
    python: "Python",
    PY: "Python",
    js: "JavaScript",
    html: "HTML",
    json: "JSON",
    sh: "Shell",
    yml: "YAML",
    go: "Go",
    rust: "Rust",
    scss: "SCSS",
    "": "",
    "objective-c": "objective-c",
    constructor: "Constructor",
    __proto__x: "__proto__x",
    mermaid: "Mermaid",
  };
  for (const [written, name] of Object.entries(names)) assert.equal(languageName(written), name);
});
