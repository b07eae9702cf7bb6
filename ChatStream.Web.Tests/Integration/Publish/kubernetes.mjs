// Holds deploy/kubernetes.yaml against the schemas of Kubernetes. Prints what is wrong. They take any name, so each part is also
// written as TypeScript, whose compiler finds names that a type does not have.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const [manifest, types] = process.argv.slice(2);
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
process.stdout.write(faults.join('\n'));
