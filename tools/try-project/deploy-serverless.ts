import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { type Adaptation, wrapperName, wrapperOf } from './adapt-configuration.ts';
import type { FoundService } from './find-services.ts';

export type DeployTrial = Adaptation & {
  /** The copy of the project. */
  readonly project: string;
  readonly service: FoundService;
  readonly stage: string;
  readonly region: string;
  readonly params: readonly string[];
  readonly port: number;
  readonly timeoutMs: number;
  /** Ends the CLI. */
  readonly signal: AbortSignal;
};

export type CliResult = { readonly exitCode: number | null; readonly output: string };

const root = join(import.meta.dirname, '..', '..');

/** Deploys a service with the Serverless CLI of this repository. @throws AbortError when `signal` is aborted */
export async function deployService(trial: DeployTrial): Promise<CliResult> {
  const { project, service, stage, region, params, port, timeoutMs, signal } = trial;
  const folder = join(project, service.folder);
  writeFileSync(join(folder, wrapperName), wrapperOf(join(folder, service.file), { runtime: trial.runtime }));
  const cli = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const options = ['--config', wrapperName, '--stage', stage, '--region', region];
  const child = spawn(process.execPath, [cli, 'deploy', ...options, ...params.flatMap((each) => ['--param', each])], {
    cwd: folder,
    env: { ...localEnvironment(root, port, process.env), NO_COLOR: '1', FORCE_COLOR: '0', CI: 'true' },
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
