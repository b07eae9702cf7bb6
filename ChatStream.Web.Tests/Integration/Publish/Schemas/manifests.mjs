// Holds deploy/kubernetes.yaml and compose.yaml against their schemas. Prints what is wrong. Kubernetes' schema takes any name,
// so each part is also written as TypeScript, whose compiler finds names that a type does not have.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse, parseAllDocuments } from 'yaml';

const [manifest, compose, schema, types] = process.argv.slice(2);
const faults = [];

for (const [number, document] of parseAllDocuments(readFileSync(manifest, 'utf8')).entries()) {
  const part = document.toJS();
  const [group, version] = part.apiVersion.includes('/') ? part.apiVersion.split('/') : ['', part.apiVersion];
  const name = `kubernetes-models/${group === '' ? '' : `${group}/`}${version}`;
  const Kind = (await import(name))[part.kind];
  if (Kind === undefined) {
    faults.push(`${part.apiVersion} has no ${part.kind}`);
    continue;
  }
  try {
    new Kind(part).validate();
  } catch (fault) {
    faults.push(`${part.kind}: ${fault.message}`);
  }
  writeFileSync(
    join(types, `part${number}.mts`),
    `import type { I${part.kind} } from '${name}';\nexport const part: I${part.kind} = ${JSON.stringify(part, null, 2)};\n`,
  );
}

const check = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  JSON.parse(readFileSync(schema, 'utf8')),
);
if (!check(parse(readFileSync(compose, 'utf8')))) {
  faults.push(...check.errors.map((error) => `compose.yaml${error.instancePath}: ${error.message}`));
}
process.stdout.write(faults.join('\n'));
