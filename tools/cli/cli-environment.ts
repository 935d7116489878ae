import { awaitLock } from 'local-aws/process-lock';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import { requireEndpoint } from '#shared/serverless/plugin/local/require-endpoint.ts';
import { deployLock, localEnvironment, unforcedColour, waitingNote } from '#tools/dev/deploy.ts';
import { takeOption } from './take-option.ts';

/** The stage that a command of the Serverless CLI names, and what else it says. */
export function takeStage(args: readonly string[]): { stage: string | undefined; rest: readonly string[] } {
  const long = takeOption(args, '--stage');
  const { values, rest } = takeOption(long.rest, '-s');
  const stage = [...long.values, ...values].at(-1) ?? '';
  return { stage: stage === '' || stage.startsWith('-') ? undefined : stage, rest };
}

/** Whether a command of the Serverless CLI is for the embedded endpoint. */
export function isLocal(args: readonly string[]): boolean {
  return takeStage(args).stage === 'local';
}

/**
 * The mistake of a command that changes a stage, or runs something in it, without saying which: the CLI takes dev then,
 * on AWS.
 */
export function missingStage(args: readonly string[]): string | undefined {
  const isOfStage = hasWord(args, ['deploy', 'remove', 'rollback', 'invoke', 'refresh-outputs']);
  if (!isOfStage || asksForHelp(args) || takeStage(args).stage !== undefined) return undefined;
  return 'Say which stage: --stage local for the endpoint on this machine, or the stage on AWS, such as --stage dev.';
}

export function asksForHelp(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
}

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

/** Whether a command has one of `words`, as in `deploy function` or osls-compose's `tasks:deploy`. */
function hasWord(args: readonly string[], words: readonly string[]): boolean {
  return args.some((arg) => arg.split(':').some((word) => words.includes(word)));
}
