import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { localEnvironment } from '#tools/dev/deploy.ts';
import type { DeployTrial } from './deploy-trial.ts';

export type CliResult = { readonly exitCode: number | null; readonly output: string };

const root = join(import.meta.dirname, '..', '..');

/**
 * Runs the file of a CLI in the folder of the service, with the endpoint as its AWS.
 *
 * @param variables of its environment, in addition
 * @throws AbortError when the signal of the trial is aborted
 */
export async function runCli(
  [file, ...args]: readonly [file: string, ...args: string[]],
  { project, service, port, timeoutMs, signal }: DeployTrial,
  variables: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: join(project, service.folder),
    env: { ...localEnvironment(root, port, process.env), NO_COLOR: '1', FORCE_COLOR: '0', CI: 'true', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    signal,
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [out, error, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { exitCode, output: stripVTControlCharacters(`${out}${error}`) };
}
