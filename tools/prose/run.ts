/** Reports turns of phrase that this project does not use. `npm run lint:prose -- --help` */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { lintProse } from './lint-prose.ts';

const usage = `Reports turns of phrase that this project does not use, with what to write instead, in documents, comments and names of
tests. The list is tools/prose/banned-turns.yml.

Usage: npm run lint:prose [-- <file> …]

Without files it reads all that git knows, and those that are new.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const faults = await lintProse(positionals.length > 0 ? positionals : filesOfProject());
  for (const { file, line, column, message } of faults) console.log(`${file}:${line}:${column}  ${message}`);
  if (faults.length === 0) return;
  console.log(`\n${faults.length} to reword`);
  process.exitCode = 1;
}

function filesOfProject(): readonly string[] {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(file));
}

await main();
