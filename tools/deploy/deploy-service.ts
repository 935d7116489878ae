import { compareDeploy, type DeployState, recordDeploy } from './deploy-record.ts';
import type { DeployResult } from './deploy-result.ts';
import { type EndpointClients, type EndpointStack, readStack } from './endpoint-stack.ts';
import { fingerprintOf, SourceFiles } from './fingerprint.ts';
import { stackChanges } from './stack-changes.ts';

export type ServiceToDeploy = {
  readonly name: string;
  readonly root: string;
  /** Absolute. */
  readonly folder: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The environment of the Serverless CLI. */
  readonly environment: NodeJS.ProcessEnv;
};

/** The stack of a service, if there is one, and how it compares with the service. */
export async function inspectService(
  clients: EndpointClients,
  service: ServiceToDeploy,
  files: SourceFiles = new SourceFiles(),
): Promise<{ readonly stack: EndpointStack | undefined; readonly state: DeployState }> {
  const stack = await readStack(clients, `${service.name}-local`);
  if (stack === undefined) return { stack, state: 'outdated' };
  const place = { clients, service: service.name, folder: service.folder, files };
  return { stack, state: await compareDeploy(place, stack, fingerprint(service, files)) };
}

/**
 * Deploys a service with `run`, which runs the Serverless CLI.
 * @returns how it ended, and the outputs of the stack
 */
export async function deployService(
  clients: EndpointClients,
  service: ServiceToDeploy,
  run: () => Promise<unknown>,
): Promise<{ result: DeployResult; outputs: EndpointStack['outputs'] }> {
  const began = performance.now();
  const { name } = service;
  const before = await readStack(clients, `${name}-local`);
  // Before the CLI reads the sources: what changes while it runs is deployed the next time.
  const sources = fingerprint(service, new SourceFiles());
  await run();
  const after = await readStack(clients, `${name}-local`);
  if (after === undefined) throw new Error(`There is no stack ${name}-local after its deploy.`);
  await recordDeploy({ clients, service: name, folder: service.folder, files: new SourceFiles() }, after, sources);
  const seconds = (performance.now() - began) / 1000;
  if (before === undefined) {
    return {
      outputs: after.outputs,
      result: { service: name, seconds, state: 'created', resources: after.resources.size },
    };
  }
  const changes = stackChanges(before, after);
  const isChanged = Object.values(changes).some(({ length }) => length > 0);
  return {
    outputs: after.outputs,
    result: isChanged
      ? { service: name, seconds, state: 'updated', changes }
      : { service: name, seconds, state: 'unchanged' },
  };
}

function fingerprint({ environment, ...service }: ServiceToDeploy, files: SourceFiles): string {
  return fingerprintOf({ ...service, stage: 'local' }, { files, environment });
}
