/** Prepares a release. `npm run release -- --help` */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withSection } from './changelog.ts';

const usage = `Prepares a release: writes its section of both changelogs from the commits since the last tag, sets the version of all
packages, commits, and tags the commit.

Usage: npm run release -- <version> [options]

  <version>      such as 0.2.0

Options:
  --no-tag       prepare the commit for a review; run it again without this option to tag
  --dry-run      print the sections and change nothing
  --help         show this text

It needs a clean work tree, git and the registry of npm, from which it runs git-cliff. It pushes nothing:
git push --follow-tags does, and the workflow release.yml then makes the release on GitHub.`;

const root = join(import.meta.dirname, '..', '..');
const gitCliff = 'git-cliff@2.14.2';

/** Changelogs, and the commits that they are about. */
const changelogs = [
  { file: 'CHANGELOG.md', options: [] },
  // The package was the folder local at first.
  {
    file: join('packages', 'local-aws', 'CHANGELOG.md'),
    options: ['--include-path', 'packages/local-aws/**', '--include-path', 'local/**'],
  },
];
const packageFiles = [
  'package.json',
  join('packages', 'local-aws', 'package.json'),
  join('tools', 'commands', 'package.json'),
];

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'no-tag': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const [version = '', ...more] = positionals;
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) || more.length > 0) {
    throw new Error('Give one version: npm run release -- 0.2.0');
  }
  const tag = `v${version}`;
  if (run('git', 'tag', '--list', tag) !== '') throw new Error(`The tag ${tag} exists.`);
  if (!values['dry-run'] && run('git', 'status', '--porcelain') !== '') {
    throw new Error('The work tree has changes: commit them first.');
  }

  for (const { file, options } of changelogs) {
    const section = run('npx', '--yes', gitCliff, '--unreleased', '--tag', tag, ...options);
    if (values['dry-run']) console.log(`${file}\n\n${section}\n`);
    else edit(file, (text) => withSection(text, version, section));
  }
  if (values['dry-run']) return;

  for (const file of packageFiles) {
    edit(file, (text) => text.replace(/("(?:version|local-aws)": )"\d[^"]*"/g, `$1"${version}"`));
  }
  run('npm', 'install', '--package-lock-only', '--ignore-scripts');
  run('git', 'add', '--update');
  if (run('git', 'status', '--porcelain') !== '') run('git', 'commit', '--message', `chore(release): ${version}`);
  if (!values['no-tag']) run('git', 'tag', '--annotate', tag, '--message', tag);
  console.log(values['no-tag'] ? `Prepared ${version}.` : `Tagged ${tag}. To publish it: git push --follow-tags`);
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(root, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
