import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';

// Runs the tests of packages/local-aws in two processes at the same time. Most files share a process, which starts once for
// all of them; files of these folders start, count or end processes, so that each has a process of its own.
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

const runs = [
  ['--test-isolation=none', `${folder}src/*.test.ts`, `${folder}src/!${names}/**/*.test.ts`],
  ['--test-concurrency=2', `${folder}src/@${names}/**/*.test.ts`, `${folder}examples/**/*.test.ts`],
].map(startTests);

// One after the other on the terminal, while both run.
for (const { output, ended } of runs) {
  for await (const chunk of output) process.stdout.write(chunk);
  if ((await ended) !== 0) process.exitCode = 1;
}

/** @param {readonly string[]} options for `node --test`, with its files */
function startTests(options) {
  const counts = './test/results/node-test-counts.js';
  const reporters = ['spec', counts].flatMap((reporter) => [
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ]);
  const child = spawn(
    process.execPath,
    ['--env-file=test/node.env', '--test', '--test-timeout=300000', ...reporters, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // A smaller buffer would stop the second run until the output of the first one is printed.
  const output = child.stdout.pipe(new PassThrough({ highWaterMark: 2 ** 30 }));
  return { output, ended: new Promise((resolve) => child.once('close', resolve)) };
}
