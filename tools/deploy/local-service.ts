import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import type { DeployResult } from './deploy-result.ts';
import { deployService, inspectService, type ServiceToDeploy } from './deploy-service.ts';
import { endpointClients, readStack } from './endpoint-stack.ts';

/** What is used of osls-compose's component, which has no types. */
type FrameworkComponent = {
  readonly id: string;
  readonly inputs: { readonly path: string; readonly params?: Readonly<Record<string, unknown>> };
  readonly context: {
    startProgress(text: string): void;
    successProgress(text: string): void;
    updateOutputs(outputs: object): Promise<void>;
  };
  exec(command: string, args: readonly string[]): Promise<unknown>;
};

const load: (name: string) => { new (...args: readonly unknown[]): FrameworkComponent; SCHEMA: object } = createRequire(
  import.meta.url,
);
const Framework = load('@osls/compose/components/framework');

const clients = endpointClients(endpointPort(process.env));
const root = join(import.meta.dirname, '..', '..');

/**
 * A service of osls-compose on stage local. It deploys with the Serverless CLI only what has changed, and asks the endpoint
 * for outputs, where osls-compose itself starts the CLI once more.
 */
class LocalService extends Framework {
  async deploy(): Promise<void> {
    this.context.startProgress('deploying');
    const service: ServiceToDeploy = {
      name: this.id,
      root,
      folder: resolve(this.inputs.path),
      params: this.inputs.params ?? {},
      environment: process.env,
    };
    const began = performance.now();
    const isForced = process.env.DEPLOY_ALL === '1';
    const { stack, state } = await inspectService(clients, service);
    if (stack !== undefined && state === 'deployed' && !isForced) {
      await this.context.updateOutputs(stack.outputs);
      return this.#tell({ service: this.id, seconds: (performance.now() - began) / 1000, state: 'unchanged' });
    }
    // By itself the CLI compares only packages, and leaves code that was replaced on the endpoint.
    const args = isForced || state === 'drifted' ? ['deploy', '--force'] : ['deploy'];
    try {
      const { result, outputs } = await deployService(clients, service, () => this.exec('serverless', args));
      await this.context.updateOutputs(outputs);
      this.#tell(result);
    } catch (error) {
      const seconds = (performance.now() - began) / 1000;
      const message = error instanceof Error ? error.message : String(error);
      this.#tell({ service: this.id, seconds, state: 'failed', error: message });
      throw error;
    }
  }

  async retrieveOutputs(): Promise<object> {
    const stack = await readStack(clients, `${this.id}-local`);
    if (stack === undefined) throw new Error(`There is no stack ${this.id}-local. Deploy it first.`);
    return stack.outputs;
  }

  /** osls-compose starts the CLI to learn its version, which is that of the lock file. */
  async ensureFrameworkVersion(): Promise<void> {}

  #tell(result: DeployResult): void {
    if (result.state !== 'failed') this.context.successProgress(result.state);
    process.send?.(result);
  }
}

// osls-compose loads components with `require`.
export { LocalService as 'module.exports' };
