/** Runs the Serverless CLI in one service: `npm run sls -- tasks info --stage local`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readProject, type Service } from '#tools/dev/project.ts';
import { cliEnvironment, lockBuild, requireLocalEndpoint } from './cli-environment.ts';
import { asksForHelp, missingStage } from './command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'tools', 'commands', 'sls.js');

async function main([name, ...args]: readonly string[]): Promise<number> {
  const project = readProject(root);
  const names = project.map((known) => known.name).join(', ');
  if (name === undefined || asksForHelp([name])) {
    console.log(usage(names));
    return name === undefined ? 2 : 0;
  }
  const service = project.find((candidate) => candidate.name === name);
  if (service === undefined) {
    console.error(`There is no service "${name}". Services: ${names}.`);
    return 2;
  }
  if (args.length === 0) {
    console.error(`Say what to do with ${name}, such as: npm run sls -- ${name} info --stage local`);
    return 2;
  }
  const mistake = missingStage(args);
  if (mistake !== undefined) {
    console.error(mistake);
    return 2;
  }
  await requireLocalEndpoint(args);
  using _lock = await lockBuild(root, args);
  return run(service, args);
}

function usage(services: string): string {
  return `Usage: npm run sls -- <service> <command> [options]

Services: ${services}
Examples: npm run sls -- tasks info --stage local
          npm run sls -- tasks logs --function createTask --tail --stage local`;
}

/** @returns the exit status */
function run({ path }: Service, args: readonly string[]): number {
  const { status } = spawnSync(process.execPath, [cli, ...args], {
    cwd: join(root, path),
    stdio: 'inherit',
    env: cliEnvironment(root, args),
  });
  return status ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
