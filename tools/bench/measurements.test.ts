import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { scenarios } from './scenarios.ts';

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'measurements.md'), 'utf8');
const rows = [...document.matchAll(/^\| (?!\|)(.+) \|$/gm)].map(([, cells = '']) => cells.split(' | '));
/** That take their own time. */
const commands = ['npm test'];

it.each(rows)('the scenario that measures "%s" exists', (...cells) => {
  const names = [...scenarios.map(({ name }) => name), ...commands].map((name) => `\`${name}\``);
  expect(names).toContain(cells.at(-1));
});

it('has rows', () => {
  expect(rows.length).toBeGreaterThan(10);
});
