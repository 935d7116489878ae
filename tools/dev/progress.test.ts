import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { until } from 'local-aws/testing';

const folder = dirname(fileURLToPath(import.meta.url));
const hasTerminals = process.platform === 'linux' && existsSync('/usr/bin/script');
// Needs `script` of util-linux.
const testInTerminal = hasTerminals ? test : test.skip;

for (const [terminal, columns, variables, shown] of [
  ['a terminal', 80, {}, /Deploying 1\/2: tasks \(1 s\)/],
  ['a terminal without columns', 0, {}, /^deployed {2}platform\r\ndeploying tasks\r\n/],
  ['a dumb terminal', 80, { TERM: 'dumb' }, /^deployed {2}platform\r\ndeploying tasks\r\n/],
  ['a terminal of CI', 80, { CI: 'true' }, /^deployed {2}platform\r\ndeploying tasks\r\n/],
] as const) {
  testInTerminal(`how far a deploy is shows in ${terminal}`, async () => {
    const { CI: _, ...environment } = process.env;
    const command = `stty cols ${columns}; exec node progress.fixture.ts`;
    const script = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      stdio: 'pipe',
      env: { ...environment, TERM: 'xterm', ...variables },
    });
    using cleanup = new DisposableStack();
    cleanup.defer(() => script.kill('SIGKILL'));
    let output = '';
    script.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await until('the deploy', () => {
      expect({ exitCode: script.exitCode, output }).toMatchObject({ exitCode: null });
      return shown.test(output);
    });
  });
}
