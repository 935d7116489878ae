import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import type { CliOutput, CliRun } from './cli-pool.ts';
import { deployPool } from './deploy-pool.ts';
import type { DeployResult } from './deploy-result.ts';
import { deployService, inspectService, type ServiceToDeploy } from './deploy-service.ts';
import { type EndpointClients, type EndpointStack, endpointClients, readStack } from './endpoint-stack.ts';
import { showReferences } from './own-order.ts';
import { resolveParams } from './plan.ts';
import { readServiceFile } from './service-file.ts';
import { SourceFiles } from './source-files.ts';

/** What is used of osls-compose's component, which has no types. */
type FrameworkComponent = {
  readonly id: string;
  readonly inputs: ServiceToDeploy['options'] & {
    readonly path: string;
    /** With their references to outputs of other services in a deploy. */
    params?: Readonly<Record<string, string>>;
    /** The services to wait for. */
    readonly needs?: readonly string[];
  };
  readonly context: {
    logVerbose(text: string): void;
    startProgress(text: string): void;
    successProgress(text: string): void;
    updateOutputs(outputs: object): Promise<void>;
  };
  exec(command: string, args: readonly string[]): Promise<unknown>;
};

const require = createRequire(import.meta.url);
const Framework: {
  new (...args: readonly unknown[]): FrameworkComponent;
  SCHEMA: { readonly properties: object };
} = require('@osls/compose/components/framework');
const redactArgs: (args: readonly string[]) => readonly string[] = require('@osls/compose/src/utils/redact-args');

const root = join(import.meta.dirname, '..', '..');

/** The same files of packages are in many bundles. One that changes after it was read counts as changed. */
const bundledFiles = new SourceFiles();

type DeployOfService = Parameters<typeof deployService>[2] & {
  readonly clients: EndpointClients;
  readonly service: ServiceToDeploy;
};

type Outputs = EndpointStack['outputs'];

/** The outputs of each service of this process once it is deployed; undefined if it cannot be. */
const deployed = new Map<string, PromiseWithResolvers<Outputs | undefined>>();

function deployedService(name: string): PromiseWithResolvers<Outputs | undefined> {
  const service = deployed.get(name) ?? Promise.withResolvers<Outputs | undefined>();
  deployed.set(name, service);
  return service;
}

/** The outputs of services once all are deployed; undefined if one of them cannot be. */
async function outputsOfAll(names: readonly string[]): Promise<ReadonlyMap<string, Outputs> | undefined> {
  const all = new Map<string, Outputs>();
  for (const name of names) {
    const outputs = await deployedService(name).promise;
    if (outputs === undefined) return undefined;
    all.set(name, outputs);
  }
  return all;
}

/**
 * A service of osls-compose on stage local. It deploys with the Serverless CLI only what has changed, and asks the endpoint
 * for outputs, where osls-compose itself starts the CLI once more.
 */
class LocalService extends Framework {
  static override SCHEMA = {
    ...Framework.SCHEMA,
    properties: { ...Framework.SCHEMA.properties, needs: { type: 'array', items: { type: 'string' } } },
  };

  async deploy(): Promise<void> {
    const { resolve: end } = deployedService(this.id);
    const { needs = [], params = {} } = this.inputs;
    try {
      const outputs = await outputsOfAll(needs);
      // osls-compose reports a service as skipped that has not begun.
      if (outputs === undefined) return;
      this.inputs.params = resolveParams(showReferences(params), outputs);
      end(await this.#deployOutdated());
    } finally {
      end(undefined);
    }
  }

  async #deployOutdated(): Promise<Outputs> {
    this.context.startProgress('deploying');
    const began = performance.now();
    const service = this.#toDeploy();
    const isForced = process.env.DEPLOY_ALL === '1';
    using clients = endpointClients(endpointPort(process.env), service.options.region);
    const stack = await readStack(clients, `${service.name}-local`);
    const { state, fingerprint } = await inspectService(clients, service, stack, new SourceFiles());
    if (stack !== undefined && state === 'deployed' && !isForced) {
      await this.context.updateOutputs(stack.outputs);
      this.#report({ service: this.id, seconds: secondsSince(began), state: 'unchanged' });
      return stack.outputs;
    }
    // By itself the CLI compares only packages, and leaves code that was replaced on the endpoint.
    const args = isForced || state === 'drifted' ? ['deploy', '--force'] : ['deploy'];
    const deploy = { clients, service, fingerprint, before: stack, files: bundledFiles };
    // A process for several services is for those that are known to leave nothing behind in it.
    const isAlone =
      fingerprint === undefined || readServiceFile(root, service.folder, service.options.config)?.usesDotenv !== false;
    if (isAlone) return await this.#deploy({ ...deploy, run: () => this.exec('serverless', args) });
    return await deployPool().use((run) => this.#deploy({ ...deploy, run: () => this.#run(run, args) }));
  }

  async #deploy({ clients, service, ...deploy }: DeployOfService): Promise<Outputs> {
    const began = performance.now();
    try {
      const { result, outputs } = await deployService(clients, service, deploy);
      await this.context.updateOutputs(outputs);
      this.#report(result);
      return outputs;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#report({ service: this.id, seconds: secondsSince(began), state: 'failed', error: message });
      throw error;
    }
  }

  /** Like `exec` of osls-compose, in a process that runs the CLI for several services. */
  async #run(run: (command: CliRun) => Promise<CliOutput>, command: readonly string[]): Promise<void> {
    const { path, config, region, params = {} } = this.inputs;
    const args = [
      ...command,
      ...['--stage', 'local'],
      ...(config === undefined ? [] : ['--config', config]),
      ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
      ...(region === undefined ? [] : ['--region', region]),
    ];
    this.context.logVerbose(`Running "serverless ${redactArgs(args).join(' ')}"`);
    const onOutput = (text: string): void => this.context.logVerbose(text.trim());
    const { exitCode, stdout, all } = await run({ args, folder: resolve(path), onOutput });
    if (exitCode === 0) return;
    const position = stdout.indexOf('Error:');
    throw position >= 0 ? stdout.slice(position) : all;
  }

  #toDeploy(): ServiceToDeploy {
    const { path, params = {}, config, region } = this.inputs;
    return {
      name: this.id,
      root,
      folder: resolve(path),
      params,
      options: { config, region },
      environment: process.env,
    };
  }

  async retrieveOutputs(): Promise<object> {
    using clients = endpointClients(endpointPort(process.env), this.inputs.region);
    const stack = await readStack(clients, `${this.id}-local`);
    if (stack === undefined) throw new Error(`There is no stack ${this.id}-local. Deploy it first.`);
    return stack.outputs;
  }

  /** osls-compose starts the CLI to learn its version, which is that of the lock file. */
  async ensureFrameworkVersion(): Promise<void> {}

  #report(result: DeployResult): void {
    if (result.state !== 'failed') this.context.successProgress(result.state);
    process.send?.(result);
  }
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

// osls-compose loads components with `require`.
export { LocalService as 'module.exports' };
