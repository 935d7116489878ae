/**
 * Runs osls-compose on the whole project; for stage local, against the embedded endpoint. `npm run deploy`, `remove`, …
 * `--param name=value`, which osls-compose itself does not have, is a parameter for every service.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { outputPlaceholder } from '#shared/serverless/plugin/shared-configuration.ts';
import { writeComposeFile } from '#tools/dev/compose-file.ts';
import { forgetOutputs } from '#tools/dev/forget-outputs.ts';
import { type Params, parseParams } from '#tools/dev/params.ts';
import { readProject, type Service, selectServices } from '#tools/dev/project.ts';
import {
  asksForHelp,
  cliEnvironment,
  isLocal,
  lockBuild,
  missingStage,
  requireLocalEndpoint,
  takeStage,
} from './cli-environment.ts';
import { takeOption } from './take-option.ts';

const usage = `Runs a command of osls-compose on every service, or on one.

Usage: npm run deploy -- --stage <stage> [options]
       npm run remove -- --stage <stage> [options]
       npm run serverless-compose -- <command> --stage <stage> [options]

Commands: deploy, remove, info, logs, outputs, refresh-outputs, package

Options:
  --stage <stage>      local for the endpoint on this machine, or the stage on AWS, such as dev
  --service <name>     only this service; those it depends on are deployed already
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
  const mistake = missingStage(args);
  if (mistake !== undefined) {
    console.error(mistake);
    return 2;
  }
  const { values, rest } = takeOption(args, '--param');
  const { stage, rest: unstaged } = takeStage(rest);
  // osls-compose knows the stage by its long name only.
  const command = stage === undefined ? rest : [...unstaged, '--stage', stage];
  await requireLocalEndpoint(command);
  using _lock = await lockBuild(root, command);
  return run(command, parseParams(values));
}

/** @returns the exit status */
function run(args: readonly string[], params: Params): number {
  const [command] = args;
  const project = readProject(root);
  const service = serviceOf(args);
  const services = service === undefined ? project : selectServices(project, [service]);
  if (command === 'remove' || command === `${service}:remove`) {
    return compose(openWorkspace(services.map(withoutOutputs), params), args);
  }
  const isWhole = service === undefined && Object.keys(params).length === 0;
  const cwd = isWhole ? root : openWorkspace(services, params);
  // What osls-compose remembers of stage local is of whichever endpoint it deployed to last, if it deployed at all:
  // `npm start` deploys in a workspace of its own.
  if (!isLocal(args) || command === 'refresh-outputs') return compose(cwd, args);
  const refresh = ['refresh-outputs', '--stage', 'local'];
  if (command === 'outputs' || (service === undefined && command !== 'deploy')) {
    return compose(cwd, refresh) || compose(cwd, args);
  }
  forgetOutputs(cwd);
  // One service gets what others put out that are not deployed with it; it may not be there itself.
  const others = services.filter(({ name }) => name !== service);
  if (service !== undefined && others.length > 0) {
    const failed = compose(openWorkspace(others, params), refresh);
    if (failed !== 0) return failed;
    openWorkspace(services, params);
  }
  return compose(cwd, args);
}

/** @returns the exit status */
function compose(cwd: string, args: readonly string[]): number {
  const { status, error } = spawnSync('osls-compose', args, { cwd, stdio: 'inherit', env: cliEnvironment(root, args) });
  if (error !== undefined) throw new Error(`osls-compose could not be started: ${error.message}. Run npm ci first.`);
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
function openWorkspace(services: readonly Service[], params: Params): string {
  const workspace = join(root, '.local', 'compose');
  writeComposeFile(root, workspace, { services, params });
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
