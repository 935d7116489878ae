/** Writes what the endpoint supports into local/README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSupportMatrix, replaceSupportMatrix } from './support-matrix/render.ts';

const file = join(import.meta.dirname, '..', 'local', 'README.md');
writeFileSync(file, replaceSupportMatrix(readFileSync(file, 'utf8'), await renderSupportMatrix()));
