import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeployTrial } from './deploy-trial.ts';
import { type CliResult, runCli } from './run-cli.ts';

/** Where the app is synthesized to, within its folder. */
const assembly = 'cdk.out';
const cliPath = join('node_modules', 'aws-cdk', 'bin', 'cdk');

/**
 * Synthesizes an app, bootstraps its environments, and deploys all its stacks, with the CDK CLI of the project.
 *
 * @throws AbortError when the signal is aborted
 */
export async function deployCdk(trial: DeployTrial): Promise<CliResult> {
  const { project, service, params, context, runtime, port, region } = trial;
  const folder = join(project, service.folder);
  const cli = trial.cdkCli ?? installedCli(project, folder);
  if (cli === undefined) return { exitCode: 1, output: "Cannot find package 'aws-cdk'" };
  const variables = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // By the name `localhost` the SDK puts buckets before it, which not every system resolves.
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    // The CLI keeps accounts of access keys there.
    CDK_HOME: join(project, '..', 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    NODE_OPTIONS: `--require "${join(import.meta.dirname, 'refuse-aws.cjs')}"`,
  };
  const cdk = (command: string, ...args: string[]): Promise<CliResult> =>
    runCli([cli, command, ...args, '--no-notices'], trial, variables);
  const given = context.flatMap((each) => ['--context', each]);
  const synthesized = await cdk('synth', '--quiet', '--output', assembly, ...given);
  if (synthesized.exitCode !== 0) return synthesized;
  if (runtime !== undefined) replaceRuntimes(join(folder, assembly), runtime);
  const bootstrapped = await cdk('bootstrap', '--app', assembly);
  if (bootstrapped.exitCode !== 0) return bootstrapped;
  const parameters = params.flatMap((each) => ['--parameters', each]);
  return cdk('deploy', '--all', '--app', assembly, '--require-approval', 'never', ...parameters);
}

/** The CLI that Node finds from `folder`, but not beyond the project. */
function installedCli(project: string, folder: string): string | undefined {
  const cli = join(folder, cliPath);
  if (existsSync(cli)) return cli;
  return folder === project || folder === dirname(folder) ? undefined : installedCli(project, dirname(folder));
}

/** Writes `runtime` in place of every Node.js runtime into the templates of an assembly, and of those within it. */
function replaceRuntimes(folder: string, runtime: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.template.json')) continue;
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"nodejs\d+\.x"/g, JSON.stringify(runtime)));
  }
}
