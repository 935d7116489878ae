import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderSupportMatrix, replaceSupportMatrix } from '../scripts/support-matrix/render.ts';

test('local/README.md tells what the endpoint supports now', async () => {
  const document = readFileSync(join(import.meta.dirname, '..', 'local', 'README.md'), 'utf8');
  const current = replaceSupportMatrix(document, await renderSupportMatrix());
  assert.ok(document === current, 'the support matrix is stale: run `node scripts/support-matrix.ts`');
});
