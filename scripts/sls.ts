/** Runs the Serverless CLI in one service: `npm run sls -- tasks info --stage local`. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProject } from '#local/start/project.ts';
import { cliEnvironment } from './cli-environment.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const project = readProject(root);
const [name, ...args] = process.argv.slice(2);
const service = project.find((candidate) => candidate.name === name);
if (service === undefined || args.length === 0) {
  console.error(`Usage: npm run sls -- <service> <command> [options]

Services: ${project.map((known) => known.name).join(', ')}
Examples: npm run sls -- tasks info --stage local
          npm run sls -- tasks logs --function createTask --tail --stage local`);
  process.exitCode = 2;
} else {
  const cwd = join(root, service.path);
  const { status } = spawnSync('sls', args, { cwd, stdio: 'inherit', env: cliEnvironment(root, args) });
  process.exitCode = status ?? 1;
}
