/**
 * Runs osls-compose on the whole project; for stage local, against the embedded endpoint. `npm run deploy`, `remove`, …
 * `--param name=value`, which osls-compose itself does not have, is a parameter for every service.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeComposeFile } from '#local/start/compose-file.ts';
import { type Params, parseParams } from '#local/start/params.ts';
import { readProject } from '#local/start/project.ts';
import { cliEnvironment } from './cli-environment.ts';
import { takeOption } from './take-option.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  const { values, rest } = takeOption(process.argv.slice(2), '--param');
  const { status, error } = spawnSync('osls-compose', rest, {
    cwd: values.length === 0 ? root : workspaceWith(parseParams(values)),
    stdio: 'inherit',
    env: cliEnvironment(root, rest),
  });
  if (error !== undefined) throw new Error(`osls-compose could not be started: ${error.message}. Run npm ci first.`);
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** The same project with further parameters, in a folder of its own that shares the project's state. */
function workspaceWith(params: Params): string {
  const workspace = join(root, '.local', 'compose');
  writeComposeFile(root, workspace, { services: readProject(root), params });
  const state = join(root, '.serverless');
  mkdirSync(state, { recursive: true });
  if (!existsSync(join(workspace, '.serverless'))) symlinkSync(state, join(workspace, '.serverless'), 'junction');
  return workspace;
}
