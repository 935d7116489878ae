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

/** Whether a command has one of `words`, as in `deploy function` or osls-compose's `tasks:deploy`. */
export function hasWord(args: readonly string[], words: readonly string[]): boolean {
  return args.some((arg) => arg.split(':').some((word) => words.includes(word)));
}
