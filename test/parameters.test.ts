import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';

test('docs/parameters.md has every parameter with its default', () => {
  const { default: parameters } = z
    .object({ default: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync('shared/serverless/params.yml', 'utf8')));
  const [, table = ''] = /^# Parameters\n(.*)$/s.exec(readFileSync('docs/parameters.md', 'utf8')) ?? [];
  const rows = [...table.matchAll(/^\| `(\w+)` \|(.*?)\|/gm)].map(([, name, value = '']) => [
    name,
    value.trim().replaceAll('`', ''),
  ]);
  expect(rows).toStrictEqual(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
});
