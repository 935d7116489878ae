/**
 * Runs osls-compose on the whole project; for stage local, against the embedded endpoint. `npm run deploy`, `remove`, …
 * `--param name=value`, which osls-compose itself does not have, is a parameter for every service.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeComposeFile } from '#local/start/compose-file.ts';
import { forgetOutputs } from '#local/start/forget-outputs.ts';
import { type Params, parseParams } from '#local/start/params.ts';
import { readProject } from '#local/start/project.ts';
import { cliEnvironment, isLocal } from './cli-environment.ts';
import { takeOption } from './take-option.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  const { values, rest } = takeOption(process.argv.slice(2), '--param');
  const cwd = values.length === 0 ? root : workspaceWith(parseParams(values));
  process.exitCode = prepareOutputs(cwd, rest) || compose(cwd, rest);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @returns the exit status */
function compose(cwd: string, args: readonly string[]): number {
  const { status, error } = spawnSync('osls-compose', args, { cwd, stdio: 'inherit', env: cliEnvironment(root, args) });
  if (error !== undefined) throw new Error(`osls-compose could not be started: ${error.message}. Run npm ci first.`);
  return status ?? 1;
}

/**
 * What osls-compose remembers of stage local is of whichever endpoint it deployed to last, if it deployed at all: `npm start`
 * deploys in a workspace of its own. @returns the exit status
 */
function prepareOutputs(cwd: string, args: readonly string[]): number {
  const [command] = args;
  if (!isLocal(args) || command === 'refresh-outputs') return 0;
  if (command !== 'deploy') return compose(cwd, ['refresh-outputs', '--stage', 'local']);
  forgetOutputs(cwd);
  return 0;
}

/** The same project with further parameters, in a folder of its own that shares the project's state. */
function workspaceWith(params: Params): string {
  const workspace = join(root, '.local', 'compose');
  writeComposeFile(root, workspace, { services: readProject(root), params });
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
