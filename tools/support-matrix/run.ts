/** Writes what the endpoint supports into packages/local-aws/README.md. `npm run support-matrix -- --help` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceParts } from '../generated/replace-parts.ts';
import { renderSupportMatrix } from './render.ts';

const usage = `Writes what the embedded endpoint supports, resource types and API actions, into the tables of packages/local-aws/README.md.

Usage: npm run support-matrix`;

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) {
  console.log(usage);
} else {
  const file = join(import.meta.dirname, '..', '..', 'packages', 'local-aws', 'README.md');
  writeFileSync(file, replaceParts(readFileSync(file, 'utf8'), await renderSupportMatrix()));
}
