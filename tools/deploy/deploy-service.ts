import * as z from 'zod';
import { compareDeploy, type DeployState, recordDeploy } from './deploy-record.ts';
import type { DeployResult } from './deploy-result.ts';
import { type EndpointClients, type EndpointStack, readStack } from './endpoint-stack.ts';
import { fingerprintOf, type SourcesOfService } from './fingerprint.ts';
import type { SourceFiles } from './source-files.ts';
import { stackChanges } from './stack-changes.ts';

export type ServiceToDeploy = Omit<SourcesOfService, 'stage'> & {
  readonly name: string;
  /** The environment of the Serverless CLI. */
  readonly environment: NodeJS.ProcessEnv;
};

const optionsSchema = z.looseObject({ config: z.string().optional(), region: z.string().optional() });

/** The options of the Serverless CLI among the settings of a service in the compose file. */
export function deployOptions(settings: unknown): ServiceToDeploy['options'] {
  const { config, region } = optionsSchema.parse(settings);
  return { config, region };
}

export type Inspection = {
  /** How the stack of the service compares with the service. */
  readonly state: DeployState;
  /** What the service is made from now, as in {@link fingerprintOf}. */
  readonly fingerprint: string | undefined;
};

export async function inspectService(
  clients: EndpointClients,
  service: ServiceToDeploy,
  stack: EndpointStack | undefined,
  files: SourceFiles,
): Promise<Inspection> {
  const { environment, name, folder, ...sources } = service;
  const fingerprint = fingerprintOf({ ...sources, folder, stage: 'local' }, { files, environment });
  if (stack === undefined) return { state: 'outdated', fingerprint };
  return { state: await compareDeploy({ clients, service: name, folder, files }, stack, fingerprint), fingerprint };
}

type Deploy = {
  /** What the service was made from before the deploy: what changes in the meantime is deployed the next time. */
  readonly fingerprint: string | undefined;
  readonly before: EndpointStack | undefined;
  /** Of the bundled files, most of which are of packages that services share. */
  readonly files: SourceFiles;
  /** Runs the Serverless CLI. */
  readonly run: () => Promise<unknown>;
};

/**
 * Deploys a service.
 * @returns how it ended, and the outputs of the stack
 */
export async function deployService(
  clients: EndpointClients,
  { name, folder }: ServiceToDeploy,
  { fingerprint, before, files, run }: Deploy,
): Promise<{ result: DeployResult; outputs: EndpointStack['outputs'] }> {
  const began = performance.now();
  await run();
  const after = await readStack(clients, `${name}-local`);
  if (after === undefined) throw new Error(`There is no stack ${name}-local after its deploy.`);
  await recordDeploy({ clients, service: name, folder, files }, after, fingerprint);
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
