import { localEnvironment } from '#local/start/deploy.ts';

/** Whether a command of the Serverless CLI is for the embedded endpoint. */
export function isLocal(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === '--stage=local' || (arg === '--stage' && args[index + 1] === 'local'));
}

/** The environment for a command of the Serverless CLI: that of the endpoint for `--stage local`, else one's own. */
export function cliEnvironment(root: string, args: readonly string[]): NodeJS.ProcessEnv {
  return isLocal(args) ? localEnvironment(root, Number(process.env.EDGE_PORT ?? 4566), process.env) : process.env;
}
