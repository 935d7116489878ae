import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Finished, runCommand } from '#test/support/run-command.ts';

const root = join(import.meta.dirname, '..', '..');
const run = (script: string, ...args: readonly string[]): Promise<Finished> =>
  runCommand(process.execPath, [join('tools', script), ...args], { cwd: root, env: process.env });

describe('the commands', () => {
  it('show their help and do nothing else', async () => {
    const files = ['package-lock.json', join('packages', 'local-aws', 'README.md')].map((file) => join(root, file));
    const before = files.map((file) => readFileSync(file, 'utf8'));
    const scripts = ['redrive', 'iam-report', 'support-matrix', 'bench'].map((folder) => `${folder}/run.ts`);
    for (const script of [...scripts, 'cli/lock-platforms.ts']) {
      const { exitCode, output } = await run(script, '--help');
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      expect(output).toMatch(/^Usage: npm run /m);
    }
    expect(files.every((file, index) => readFileSync(file, 'utf8') === before[index])).toBe(true);
  });

  it('say what to do when there is no endpoint', async () => {
    const nowhere = ['--endpoint-url', 'http://127.0.0.1:1'];
    for (const [script, ...args] of [['redrive/run.ts', '--service', 'friends'], ['iam-report/run.ts']] as const) {
      const { exitCode, output } = await run(script, ...args, ...nowhere);
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(
        /^No endpoint answers at http:\/\/127\.0\.0\.1:1\. Start it first: npm start -- --port 1\n/,
      );
    }
  });

  it('tell which services there are', async () => {
    for (const args of [[], ['--service', 'nope']]) {
      const { exitCode, output } = await run('redrive/run.ts', ...args);
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(/Services: platform, tasks, /);
    }
  });

  it('name the end-to-end tests when their report is missing', async () => {
    const { exitCode, output } = await run('iam-report/run.ts', '--check', '--usage', '.local/test/none.json');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/^There is no \.local\/test\/none\.json\. Run npm run test:e2e first/);
  });
});
