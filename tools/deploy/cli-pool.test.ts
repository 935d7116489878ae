import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { CliPool } from './cli-pool.ts';

let project: string;
let pool: CliPool;
const environment = { ...localEnvironment(root, 4566, process.env), NO_COLOR: '1', FORCE_COLOR: '0' };
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'cli-pool-')));
  pool = new CliPool(environment, 1);
});
afterEach(() => {
  pool.close();
  rmSync(project, { recursive: true });
});

/** Makes a service, and gives its folder. */
function service(name: string, configuration: object = {}, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(project, name);
  mkdirSync(folder);
  const common = { service: name, frameworkVersion: '3', provider: { name: 'aws' } };
  writeFileSync(join(folder, 'serverless.yml'), JSON.stringify({ ...common, ...configuration }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const run = (folder: string, ...args: readonly string[]) =>
  pool.use((cli) => cli({ folder, args: [...args, '--stage', 'local'], onOutput: () => {} }));

const alone = (folder: string, ...args: readonly string[]) =>
  runCommand('sls', [...args, '--stage', 'local'], { cwd: folder, env: environment });

test('a command prints, and ends, as in a process of its own, whatever ran before it', async () => {
  const printed = service('printed', { custom: { stage: `\${sls:stage}`, name: `\${self:service}` } });
  const broken = service('broken', { custom: { missing: `\${env:MISSING_ONE}` } });
  for (const folder of [printed, broken, printed, broken]) {
    const expected = await alone(folder, 'print');
    const { exitCode, all } = await run(folder, 'print');
    expect({ exitCode, output: all }).toStrictEqual(expected);
  }
});

test('a command sees nothing of the environment, the folder, the scripts and the plugins of the one before it', async () => {
  const plugin = 'let count = 0; module.exports = class { constructor(sls) { sls.cli.log(String((count += 1))); } };';
  const script = 'let count = 0; module.exports = () => ({ count: (count += 1), folder: process.cwd() });';
  const files = { 'script.cjs': script, 'plugin.cjs': plugin, '.env': 'OF_FIRST=1' };
  const first = service('first', { useDotenv: true, custom: `\${file(script.cjs)}`, plugins: ['./plugin.cjs'] }, files);
  const second = service('second', { custom: { of: `\${env:OF_FIRST, 'unset'}` } });
  for (let time = 0; time < 2; time += 1) {
    const { stdout, all } = await run(first, 'print');
    expect(stdout).toContain(`count: 1\n  folder: ${first}\n`);
    expect(all).toMatch(/^\s*1$/m);
    expect((await run(second, 'print')).stdout).toContain('of: unset');
  }
});

test('a command that ends its process fails, and the next one gets another process', async () => {
  const files = { 'plugin.cjs': 'module.exports = class { constructor() { process.exit(3); } };' };
  const ending = service('ending', { plugins: ['./plugin.cjs'] }, files);
  expect((await run(ending, 'print')).exitCode).toBe(3);
  const sound = service('sound');
  expect(await run(sound, 'print')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('service: sound') });
});
