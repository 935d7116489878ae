import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Finished, runCommand } from '#test/support/run-command.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = (script: string, ...args: readonly string[]): Promise<Finished> =>
  runCommand(process.execPath, [join('scripts', script), ...args], { cwd: root, env: process.env });

describe('the commands', () => {
  it('show their help and do nothing else', async () => {
    const files = ['package-lock.json', join('local', 'README.md')].map((file) => join(root, file));
    const before = files.map((file) => readFileSync(file, 'utf8'));
    for (const script of ['redrive', 'iam-report', 'support-matrix', 'lock-platforms']) {
      const { exitCode, output } = await run(`${script}.ts`, '--help');
      assert.equal(exitCode, 0, output);
      assert.match(output, /^Usage: npm run /m);
    }
    assert.ok(files.every((file, index) => readFileSync(file, 'utf8') === before[index]));
  });

  it('say what to do when there is no endpoint', async () => {
    const nowhere = ['--endpoint-url', 'http://127.0.0.1:1'];
    for (const [script, ...args] of [['redrive.ts', '--service', 'friends'], ['iam-report.ts']] as const) {
      const { exitCode, output } = await run(script, ...args, ...nowhere);
      assert.notEqual(exitCode, 0);
      assert.match(output, /^No endpoint answers at http:\/\/127\.0\.0\.1:1\. Start it first: npm start\n/);
    }
  });

  it('tell which services there are', async () => {
    for (const args of [[], ['--service', 'nope']]) {
      const { exitCode, output } = await run('redrive.ts', ...args);
      assert.equal(exitCode, 1);
      assert.match(output, /Services: platform, tasks, /);
    }
  });

  it('tell of a report that needs the end-to-end tests first', async () => {
    const { exitCode, output } = await run('iam-report.ts', '--check', '--usage', '.local/test/none.json');
    assert.notEqual(exitCode, 0);
    assert.match(output, /^There is no \.local\/test\/none\.json\. Run npm run test:e2e first/);
  });
});
