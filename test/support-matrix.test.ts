import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderSupportMatrix, replaceSupportMatrix } from '#tools/support-matrix/render.ts';

test('packages/local-aws/README.md tells what the endpoint supports now', async () => {
  const document = readFileSync(join(import.meta.dirname, '..', 'packages', 'local-aws', 'README.md'), 'utf8');
  const current = replaceSupportMatrix(document, await renderSupportMatrix());
  expect(document).toBe(current);
});
