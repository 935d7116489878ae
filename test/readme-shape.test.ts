import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readProject } from '#tools/dev/project.ts';

const headings = [
  'Try it',
  'Contract',
  'Who may call',
  'How it works',
  'When it fits',
  'How it fails',
  'Permissions',
  'Cost',
  'Outputs',
];
/** Two pages. What needs more is a page of docs/patterns. */
const maxLines = 160;

describe.each(readProject('.'))('the README of $name', ({ path }) => {
  const text = readFileSync(join(path, 'README.md'), 'utf8');

  it('has the headings of all services, in their order', () => {
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toStrictEqual(headings);
  });

  it('has two pages at most', () => {
    // The marks of generated parts are not shown.
    const shown = text.replaceAll(/^<!--.*-->\n\n?/gm, '');
    expect(shown.trimEnd().split('\n').length).toBeLessThanOrEqual(maxLines);
  });
});
