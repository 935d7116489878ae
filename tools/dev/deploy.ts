import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { delimiter, join } from 'node:path';
import { awaitLock } from 'local-aws/process-lock';
import { endpointVariables, withoutAws } from '#shared/serverless/plugin/local/environment.ts';
import type { DeployResult } from '#tools/deploy/deploy-result.ts';
import type { Params } from './params.ts';
import type { Service } from './project.ts';

const deployProcess = join(import.meta.dirname, '..', 'deploy', 'deploy-process.ts');

export type DeployOptions = {
  readonly root: string;
  /** Where the compose file, its state and the log of the deploy go; no two deploys at a time may share it. */
  readonly workspace: string;
  readonly services: readonly Service[];
  /** Parameters for every service, which go before the project's own. */
  readonly params?: Params;
  readonly port: number;
  /** The environment to build on: the caller's own. */
  readonly environment: NodeJS.ProcessEnv;
  /** Deploys what has not changed, too. */
  readonly isForced?: boolean;
  /** Nothing is deployed on the endpoint: no service can be there already. */
  readonly isEmpty?: boolean;
  /** Gets how the deploy of each service ended, when it ended. */
  readonly onResult?: (result: DeployResult) => void;
  /** Gets what the deploy prints, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Told which process deploys from `root` already, when it has to wait for one. */
  readonly onWait?: (pid: number) => void;
  readonly signal?: AbortSignal;
};

/** The deploy ended with an error; `output` is all that it printed. */
export class DeployError extends Error {
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.name = 'DeployError';
    this.output = output;
  }
}

/** The lock of a deploy from the clone at `root`: the folders that services are built in are shared. */
export function deployLock(root: string): string {
  return join(root, '.local', 'deploy.lock');
}

/** For who waits for {@link deployLock}. */
export function waitingNote(pid: number): string {
  return `Another deploy of this clone is running (process ${pid}): waiting …`;
}

/**
 * `environment` without colours for what is no terminal: osls-compose reads the outputs of a stack from what the
 * Serverless CLI prints, and cannot do so in colour.
 */
export function unforcedColour(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { FORCE_COLOR: forced, ...rest } = environment;
  return forced === '0' || forced === 'false' ? environment : rest;
}

/** The environment in which the Serverless CLI and the AWS CLI talk to the endpoint on `port`. */
export function localEnvironment(root: string, port: number, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...withoutAws(unforcedColour(environment)),
    ...endpointVariables(port),
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${environment.PATH ?? ''}`,
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    // Each service starts the CLI afresh; compiled once, it starts in half the time.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
  };
}

/**
 * Runs the real deploy, `osls-compose deploy --stage local`, against the endpoint on `port`; of services that are there
 * just as it would leave them, it starts nothing. What it prints is kept in `deploy.log` of the workspace.
 * @throws DeployError, or the reason of `signal`
 */
export async function deploy(options: DeployOptions): Promise<readonly DeployResult[]> {
  const { root, workspace, services, params = {}, isForced = false, isEmpty = false, signal } = options;
  const { onWait = () => {} } = options;
  using _lock = await awaitLock(deployLock(root), { onWait, signal });
  const outdated = isForced || isEmpty ? services : await outdatedServices(options);
  if (outdated.length === 0) {
    const results = services.map(({ name }): DeployResult => ({ service: name, seconds: 0, state: 'unchanged' }));
    for (const result of results) options.onResult?.(result);
    return results;
  }
  const [{ withoutOrder }, { writeComposeFile }, { forgetOutputs }] = await Promise.all([
    import('#tools/deploy/own-order.ts'),
    import('./compose-file.ts'),
    import('./forget-outputs.ts'),
  ]);
  writeComposeFile(root, workspace, { services: withoutOrder(services), params, isLocal: true });
  forgetOutputs(workspace);
  return runDeploy({ ...options, outdated: outdated.length });
}

async function outdatedServices({
  root,
  services,
  params = {},
  port,
  environment,
}: DeployOptions): Promise<readonly Service[]> {
  // Loaded here, since many commands use the rest of this module alone.
  const [{ endpointClients }, { findOutdated }] = await Promise.all([
    import('#tools/deploy/endpoint-stack.ts'),
    import('#tools/deploy/plan.ts'),
  ]);
  using clients = endpointClients(port);
  const plan = { services, params, environment: localEnvironment(root, port, environment) };
  return await findOutdated(clients, root, plan);
}

async function runDeploy({
  root,
  workspace,
  port,
  isForced = false,
  environment,
  onOutput,
  onResult,
  signal,
  outdated,
}: DeployOptions & { readonly outdated: number }): Promise<readonly DeployResult[]> {
  const { deployResultSchema } = await import('#tools/deploy/deploy-result.ts');
  const log = createWriteStream(join(workspace, 'deploy.log'));
  const output: string[] = [];
  const results: DeployResult[] = [];
  const child = spawn(process.execPath, [deployProcess, 'deploy', '--stage', 'local', '--verbose'], {
    cwd: workspace,
    env: {
      ...localEnvironment(root, port, environment),
      ...(isForced && { DEPLOY_ALL: '1' }),
      DEPLOY_OUTDATED: String(outdated),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(signal === undefined ? {} : { signal }),
  });
  child.on('message', (message) => {
    const result = deployResultSchema.parse(message);
    results.push(result);
    onResult?.(result);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.push(text);
      log.write(text);
      onOutput?.(text);
    });
  }

  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      // Aborted, it is over when its processes are.
      if (signal?.aborted !== true) reject(new DeployError(`The deploy could not be started: ${error.message}`, ''));
    });
    child.once('close', resolve);
  }).finally(() => log.end());
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new DeployError(`The deploy failed with exit status ${exitCode}.`, output.join(''));
  return results;
}
