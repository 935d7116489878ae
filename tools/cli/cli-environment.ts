import { awaitLock } from 'local-aws/process-lock';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import { requireEndpoint } from '#shared/serverless/plugin/local/require-endpoint.ts';
import { deployLock, localEnvironment, unforcedColour, waitingNote } from '#tools/dev/deploy.ts';
import { asksForHelp, hasWord, isLocal } from './command-line.ts';

/** Waits until no other process builds the services of the clone at `root`, if `args` do so. */
export async function lockBuild(root: string, args: readonly string[]): Promise<Disposable | undefined> {
  if (!hasWord(args, ['deploy', 'remove', 'package'])) return undefined;
  return awaitLock(deployLock(root), { onWait: (pid) => console.error(waitingNote(pid)) });
}

/** @throws Error if a command is for the endpoint and it does not listen */
export async function requireLocalEndpoint(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (isLocal(args) && !asksForHelp(args)) await requireEndpoint(endpointPort(environment));
}

/**
 * The environment for a command of the Serverless CLI: that of the endpoint for `--stage local`, else one's own.
 * @throws Error about an EDGE_PORT that is no port
 */
export function cliEnvironment(
  root: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  if (!isLocal(args)) return unforcedColour(environment);
  return localEnvironment(root, endpointPort(environment), environment);
}
