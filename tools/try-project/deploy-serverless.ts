import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wrapperName, wrapperOf } from './adapt-configuration.ts';
import type { DeployTrial } from './deploy-trial.ts';
import { type CliResult, runCli } from './run-cli.ts';

/** Deploys a service with the Serverless CLI of this repository. @throws AbortError when the signal is aborted */
export async function deployServerless(trial: DeployTrial): Promise<CliResult> {
  const { project, service, stage, region, params, runtime } = trial;
  const folder = join(project, service.folder);
  writeFileSync(join(folder, wrapperName), wrapperOf(join(folder, service.file), { runtime }));
  const cli = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const options = ['--config', wrapperName, '--stage', stage, '--region', region];
  return runCli([cli, 'deploy', ...options, ...params.flatMap((each) => ['--param', each])], trial);
}
