import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './fixture-project.ts';
import { runCommand } from './run-command.ts';

const fixture = join(root, 'test', 'fixtures', 'cdk');

/**
 * Installs the AWS CDK as the lockfile of the fixture says, unless that has been done before.
 *
 * @returns the folder `node_modules`
 */
export async function installCdk(): Promise<string> {
  const folder = join(root, '.local', 'cdk');
  const modules = join(folder, 'node_modules');
  const isInstalled =
    existsSync(join(modules, '.package-lock.json')) &&
    read(folder, 'package-lock.json') === read(fixture, 'package-lock.json');
  if (isInstalled) return modules;
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(fixture, 'package.json'), join(folder, 'package.json'));
  const lock = join(folder, 'package-lock.json');
  copyFileSync(join(fixture, 'package-lock.json'), lock);
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
  const { exitCode, output } = await runCommand('npm', args, { cwd: folder, env: process.env, timeoutMs: 240_000 });
  if (exitCode !== 0) throw new Error(`npm ci of the CDK failed:\n${output}`);
  return modules;
}

function read(folder: string, file: string): string {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
