/** Runs osls-compose on the whole project; for stage local, against the embedded endpoint. `npm run deploy`, `remove`, … */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliEnvironment } from './cli-environment.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const { status, error } = spawnSync('osls-compose', args, {
  cwd: root,
  stdio: 'inherit',
  env: cliEnvironment(root, args),
});
if (error !== undefined) console.error(`osls-compose could not be started: ${error.message}. Run npm ci first.`);
process.exitCode = status ?? 1;
