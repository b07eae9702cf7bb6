/**
 * Lists the packages of CycloneDX files with their licences as Markdown. Fails on a licence that is not known to allow what a
 * release does with it.
 *
 *   node .ci/licences.mjs FILE.cdx.json…
 */
import { readFileSync } from "node:fs";

const allowed = new Set([
  "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PostgreSQL", "PSF-2.0", "Unlicense",
]);

// Packages whose description only has an address or a file. What stands there was read.
const read = {
  khroma: "MIT", // its file "license"
  OpenAI: "MIT", // github.com/openai/openai-dotnet/blob/main/LICENSE
  "System.Security.Cryptography.ProtectedData": "MIT", // github.com/dotnet/corefx/blob/master/LICENSE.TXT
};

const packages = new Map();
for (const file of process.argv.slice(2)) {
  for (const { name, group, version, licenses = [] } of JSON.parse(readFileSync(file, "utf8")).components) {
    const said = licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(" AND ");
    packages.set(`${group ? `${group}/` : ""}${name} ${version}`, read[name] ?? said);
  }
}

// Of "A OR B" one will do; of "A AND B" both are needed.
const isAllowed = (licence) =>
  licence.split(" AND ").every((part) => part.replace(/[()]/g, "").split(" OR ").some((one) => allowed.has(one.trim())));

console.log("# Packages in this release\n\n| package | licence |\n|---|---|");
for (const [name, licence] of [...packages].sort()) {
  console.log(`| ${name} | ${licence} |`);
  if (isAllowed(licence)) continue;
  console.error(`${name}: the licence '${licence}' is not known`);
  process.exitCode = 1;
}
if (packages.size === 0) {
  console.error("No package was found");
  process.exitCode = 1;
}
