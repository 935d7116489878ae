import { spawnSync } from 'node:child_process';

// Runs one of the two groups of tests of packages/local-aws. Most files share a process, which starts once for all of them;
// files of these folders start, count or end processes, so that each has a process of its own.
const withProcesses = [
  'activity',
  'command',
  'console',
  'control',
  'debug',
  'dynamodb',
  'edge',
  'lambda',
  'snapshots',
  'testing',
];
const folder = 'packages/local-aws/';
const names = `(${withProcesses.join('|')})`;

const groups = new Map([
  ['shared', ['--test-isolation=none', `${folder}src/*.test.ts`, `${folder}src/!${names}/**/*.test.ts`]],
  ['processes', ['--test-concurrency=2', `${folder}src/@${names}/**/*.test.ts`, `${folder}examples/**/*.test.ts`]],
]);

const [name = ''] = process.argv.slice(2);
const options = groups.get(name);
if (options === undefined) throw new Error(`Usage: node run-packages.js <${[...groups.keys()].join('|')}>`);
const reporters = ['spec', './test/results/node-test-counts.js'].flatMap((reporter) => [
  `--test-reporter=${reporter}`,
  '--test-reporter-destination=stdout',
]);
const { status } = spawnSync(
  process.execPath,
  ['--env-file=test/node.env', '--test', '--test-timeout=300000', ...reporters, ...options],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
