import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';

const example = join(root, 'packages', 'local-aws', 'examples', 'orders');
const { JEST_WORKER_ID: _worker, LOCAL_AWS_ENDPOINT_URL: _shared, ...env } = process.env;

describe('the example of useEndpoint()', () => {
  it('passes with jest, without globals', async () => {
    const { exitCode, output } = await jest('--injectGlobals=false');
    expect(output).toMatch(/2 passed, 2 total/);
    expect(exitCode).toBe(0);
  });

  it('passes with jest, with globals', async () => {
    const { exitCode, output } = await jest();
    expect(output).toMatch(/2 passed, 2 total/);
    expect(exitCode).toBe(0);
  });

  it('passes with node:test', async () => {
    const args = ['--test', join(example, 'orders.test.ts')];
    const { exitCode, output } = await runCommand(process.execPath, args, { cwd: root, env: withoutOptions() });
    expect(output).toMatch(/pass 2/);
    expect(exitCode).toBe(0);
  });

  it('is in the README as it is', () => {
    const readme = readFileSync(join(root, 'packages', 'local-aws', 'README.md'), 'utf8');
    for (const file of [
      'orders.jest.ts',
      'template.yml',
      ...readdirSync(join(example, 'src')).map((name) => `src/${name}`),
    ]) {
      expect(readme).toContain(readFileSync(join(example, file), 'utf8').trim());
    }
  });
});

function jest(...options: string[]) {
  const config = {
    rootDir: example,
    testMatch: ['**/*.jest.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {},
    testTimeout: 300_000,
  };
  const args = ['--config', JSON.stringify(config), '--coverage=false', ...options];
  const bin = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  return runCommand(process.execPath, ['--experimental-vm-modules', bin, ...args], {
    cwd: root,
    env: withoutOptions(),
  });
}

/** A node:test in a node:test reports to its parent, and jest's own options are not those of a user. */
function withoutOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...rest } = env;
  return rest;
}
