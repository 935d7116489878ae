import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { replaceParts } from '#tools/generated/replace-parts.ts';
import { renderSupportMatrix } from '#tools/support-matrix/render.ts';

test('packages/local-aws/README.md tells what the endpoint supports now', async () => {
  const document = readFileSync(join(import.meta.dirname, '..', 'packages', 'local-aws', 'README.md'), 'utf8');
  const current = replaceParts(document, await renderSupportMatrix());
  expect(document).toBe(current);
});
