/**
 * Runs osls-compose on the whole project; for stage local, against the embedded endpoint. `npm run deploy`, `remove`, …
 * `--param name=value`, which osls-compose itself does not have, is a parameter for every service.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { localRegion } from '#shared/serverless/plugin/local/environment.ts';
import { outputPlaceholder } from '#shared/serverless/plugin/shared-configuration.ts';
import { composeCli } from '#tools/dev/compose-cli.ts';
import { writeComposeFile } from '#tools/dev/compose-file.ts';
import { type Params, parseParams } from '#tools/dev/params.ts';
import { readProject, type Service, selectServices } from '#tools/dev/project.ts';
import { cliEnvironment, lockBuild, requireLocalEndpoint } from './cli-environment.ts';
import { asksForHelp, isLocal, missingStage, takeStage } from './command-line.ts';
import { takeOption } from './take-option.ts';

const usage = `Runs a command of osls-compose on every service, or on one.

Usage: npm run deploy -- --stage <stage> [options]
       npm run remove -- --stage <stage> [options]
       npm run serverless-compose -- <command> --stage <stage> [options]

Commands: deploy, remove, info, logs, outputs, refresh-outputs, package

Options:
  --stage <stage>      local for the endpoint on this machine, or the stage on AWS, such as dev
  --service <name>     only this service; those it depends on are deployed already
  --force              deploy, on stage local, what has not changed too
  --param <name=value> a parameter of the templates, for every service; may be given more than once
  --verbose            show what the Serverless CLI prints
  --help               show this text

Stage local is at http://localhost:4566; EDGE_PORT=<n> in the environment names another port.`;

const root = join(import.meta.dirname, '..', '..');

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || asksForHelp(args)) {
    console.log(usage);
    return 0;
  }
  const mistake = missingStage(args) ?? regionOfProject(args);
  if (mistake !== undefined) {
    console.error(mistake);
    return 2;
  }
  const { values, rest } = takeOption(args, '--param');
  const { stage, rest: unstaged } = takeStage(rest);
  // osls-compose knows the stage by its long name only.
  const command = stage === undefined ? rest : [...unstaged, '--stage', stage];
  await requireLocalEndpoint(command);
  const params = parseParams(values);
  const project = readProject(root);
  const service = serviceOf(command);
  const services = service === undefined ? project : selectServices(project, [service]);
  if (isLocal(command) && (command[0] === 'deploy' || command[0] === `${service}:deploy`)) {
    const { deployLocal } = await import('./deploy-local.ts');
    return deployLocal({ root, workspace: openFolder(), services, service, params, args: command });
  }
  using _lock = await lockBuild(root, command);
  return run(command, { service, services, params });
}

/** The mistake of a local command that names a region: what the project has is in one. */
function regionOfProject(args: readonly string[]): string | undefined {
  const [region] = [...takeOption(args, '--region').values, ...takeOption(args, '-r').values];
  if (!isLocal(args) || region === undefined || region === localRegion) return undefined;
  return `On stage local the project is in ${localRegion}. One service can be in another region as well, such as: npm run sls -- tasks deploy --stage local --region ${region}`;
}

type Scope = {
  /** The only service that a command is for. */
  readonly service: string | undefined;
  /** That service with all that it needs, else the whole project. */
  readonly services: readonly Service[];
  readonly params: Params;
};

/** @returns the exit status */
function run(args: readonly string[], { service, services, params }: Scope): number {
  const [command] = args;
  if (command === 'remove' || command === `${service}:remove`) {
    return compose(openWorkspace(services.map(withoutOutputs), params, isLocal(args)), args);
  }
  if (!isLocal(args)) {
    const isWhole = service === undefined && Object.keys(params).length === 0;
    return compose(isWhole ? root : openWorkspace(services, params, false), args);
  }
  // What osls-compose remembers of stage local is of whichever endpoint it deployed to last, if it deployed at all:
  // `npm start` deploys in a workspace of its own.
  const cwd = openWorkspace(services, params, true);
  const failed = command === 'refresh-outputs' ? 0 : compose(cwd, ['refresh-outputs', '--stage', 'local'], 'ignore');
  return failed || compose(cwd, args);
}

/** @returns the exit status */
function compose(cwd: string, args: readonly string[], output: 'inherit' | 'ignore' = 'inherit'): number {
  const { status } = spawnSync(process.execPath, [composeCli, ...args], {
    cwd,
    stdio: ['inherit', output, output],
    env: cliEnvironment(root, args),
  });
  return status ?? 1;
}

/**
 * A service as its removal needs it: with placeholders for outputs of other stacks, which may be gone already. It goes
 * before the services that it depends on all the same.
 */
function withoutOutputs({ settings, needs, params, ...service }: Service): Service {
  const own = Object.entries(params).map(([name, value]) => [
    name,
    value.includes('${') ? outputPlaceholder(name) : value,
  ]);
  return { ...service, needs, params: Object.fromEntries(own), settings: { ...settings, dependsOn: needs } };
}

/** The service that a command is for, as in `deploy --service tasks` and `tasks:deploy`. */
function serviceOf(args: readonly string[]): string | undefined {
  const [, named] = /^([^-:][^:]*):/.exec(args[0] ?? '') ?? [];
  return takeOption(args, '--service').values.at(-1) ?? named;
}

/**
 * A project of these services, with further parameters, in a folder of its own that shares the state of the whole.
 * @returns the folder
 */
function openWorkspace(services: readonly Service[], params: Params, isLocal: boolean): string {
  const workspace = openFolder();
  writeComposeFile(root, workspace, { services, params, isLocal });
  return workspace;
}

function openFolder(): string {
  const workspace = join(root, '.local', 'compose');
  mkdirSync(workspace, { recursive: true });
  const state = join(root, '.serverless');
  mkdirSync(state, { recursive: true });
  const link = join(workspace, '.serverless');
  if (!existsSync(link)) {
    // A link that leads nowhere, as in a project that was moved, is in the way all the same.
    rmSync(link, { force: true });
    symlinkSync(state, link, 'junction');
  }
  return workspace;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
