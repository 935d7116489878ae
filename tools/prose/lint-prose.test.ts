import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lintProse } from './lint-prose.ts';

describe('the prose linter', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'prose-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Lines and messages of the faults in a file. */
  async function faultsIn(name: string, text: string): Promise<readonly string[]> {
    const file = join(folder, name);
    writeFileSync(file, text);
    return (await lintProse([file])).map(({ line, column, message }) => `${line}:${column} ${message.split(':')[0]}`);
  }

  it('reports a banned turn in a document with its place', async () => {
    expect(await faultsIn('a.md', '# Title\n\nA table that nobody reads.\n')).toStrictEqual(['3:14 "nobody"']);
  });

  it('finds a turn across two lines', async () => {
    expect(await faultsIn('b.md', 'The client is\ntold why.\n')).toStrictEqual(['1:12 "is told"']);
    expect(await faultsIn('b.ts', '/**\n * The client is\n * told why.\n */\n')).toStrictEqual(['2:15 "is told"']);
    expect(await faultsIn('c.ts', '// The client is\n// told why.\n')).toStrictEqual(['1:15 "is told"']);
    expect(await faultsIn('b.yml', 'a: 1\n# The client is\n# told why.\n')).toStrictEqual(['2:14 "is told"']);
  });

  it('reads the names of tests, and no other string', async () => {
    const script = "test('nobody reads', () => {});\nit.each([1])('nobody writes', () => {});\nconst who = 'nobody';\n";
    expect(await faultsIn('d.test.ts', script)).toStrictEqual(['1:7 "nobody"', '2:15 "nobody"']);
  });

  it('exempts code, and values of YAML', async () => {
    expect(await faultsIn('e.md', 'The user `nobody`.\n\n```sh\nid nobody\n```\n')).toStrictEqual([]);
    expect(await faultsIn('e.ts', '/** The user `nobody`. */\nexport const nobody = 1;\n')).toStrictEqual([]);
    expect(await faultsIn('e.yml', "user: nobody\nother: '# nobody'\ntext: |\n  # nobody\n")).toStrictEqual([]);
  });

  it('reports a word that is written twice', async () => {
    expect(await faultsIn('f.md', 'It reads the the table.\n')).toStrictEqual(['1:10 "the the"']);
  });

  it('does not read files without prose', async () => {
    expect(await faultsIn('g.json', '{ "who": "nobody" }')).toStrictEqual([]);
  });
});
