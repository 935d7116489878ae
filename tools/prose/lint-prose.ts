import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { TextlintKernel } from '@textlint/kernel';
import markdownPlugin from '@textlint/textlint-plugin-markdown';
import { bannedTurns } from './banned-turns.ts';
import { codePlugin } from './code-plugin.ts';

export type ProseFault = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

const plugins = [
  { pluginId: 'markdown', plugin: markdownPlugin.default },
  { pluginId: 'code', plugin: codePlugin },
];
const rules = [{ ruleId: 'banned-turns', rule: bannedTurns }];
const extensions = new Set(['.md', ...new codePlugin.Processor().availableExtensions()]);

/** Lints the documents and sources among `files`; others have no prose. Changelogs are exempt: they are history. */
export async function lintProse(files: readonly string[]): Promise<readonly ProseFault[]> {
  const kernel = new TextlintKernel();
  const faults: ProseFault[] = [];
  for (const file of files) {
    const ext = extname(file);
    if (!extensions.has(ext) || file.endsWith('CHANGELOG.md')) continue;
    const text = await readFile(file, 'utf8');
    const { messages } = await kernel.lintText(text, { ext, filePath: file, plugins, rules });
    faults.push(
      ...messages.map(({ loc, message }) => ({ file, line: loc.start.line, column: loc.start.column, message })),
    );
  }
  return faults;
}
