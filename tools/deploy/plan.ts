import { join } from 'node:path';
import type { Params } from '#tools/dev/params.ts';
import type { Service } from '#tools/dev/project.ts';
import { deployOptions, inspectService, type ServiceToDeploy } from './deploy-service.ts';
import { type EndpointClients, type EndpointStack, readStacks } from './endpoint-stack.ts';
import { SourceFiles } from './source-files.ts';

type Outputs = ReadonlyMap<string, EndpointStack['outputs']>;

type Plan = {
  readonly services: readonly Service[];
  /** For every service. */
  readonly params: Params;
  /** The environment of the Serverless CLI. */
  readonly environment: NodeJS.ProcessEnv;
};

/** The services that are not on the endpoint just as a deploy with `params` would leave them. */
export async function findOutdated(
  clients: EndpointClients,
  root: string,
  { services, params, environment }: Plan,
): Promise<readonly Service[]> {
  const stacks = await readStacks(
    clients,
    services.map(({ name }) => stackOf(name)),
  );
  const outputs = outputsOf(services, stacks);
  const files = new SourceFiles();
  const isOutdated = async ({ name, path, params: own, settings }: Service): Promise<boolean> => {
    const options = deployOptions(settings);
    // The stack of a service in another region is not among these.
    if (missingOutput(own, outputs) !== undefined || options.region !== undefined) return true;
    const service: ServiceToDeploy = {
      name,
      root,
      folder: join(root, path),
      params: { ...resolveParams(own, outputs), ...params },
      options,
      environment,
    };
    return (await inspectService(clients, service, stacks.get(stackOf(name)), files)).state !== 'deployed';
  };
  const outdated = await Promise.all(services.map(isOutdated));
  return services.filter((_, index) => outdated[index]);
}

/** The outputs of those of these services that are deployed. */
export async function readOutputs(clients: EndpointClients, names: readonly string[]): Promise<Outputs> {
  const services = names.map((name) => ({ name }));
  return outputsOf(services, await readStacks(clients, names.map(stackOf)));
}

function outputsOf(
  services: readonly { readonly name: string }[],
  stacks: ReadonlyMap<string, EndpointStack>,
): Outputs {
  const deployed = services.flatMap(({ name }) => {
    const stack = stacks.get(stackOf(name));
    return stack === undefined ? [] : [[name, stack.outputs] as const];
  });
  return new Map(deployed);
}

function stackOf(service: string): string {
  return `${service}-local`;
}

const outputReference = /\$\{([\w-]+)\.(\w+)\}/g;

/**
 * Parameters with the outputs of other services in place of `${service.Output}`.
 * @throws Error that names a service that is not deployed, or has no such output
 */
export function resolveParams(params: Params, outputs: Outputs): Params {
  const missing = missingOutput(params, outputs);
  if (missing !== undefined) {
    const [, service, name] = missing;
    throw new Error(`${service} has no output ${name} on the endpoint. Deploy ${service} first.`);
  }
  const resolve = (text: string): string =>
    text.replace(outputReference, (_, service: string, name: string) => outputs.get(service)?.[name] ?? '');
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, resolve(text)]));
}

/** The first reference to an output that is not there. */
function missingOutput(params: Params, outputs: Outputs): RegExpExecArray | undefined {
  return Object.values(params)
    .flatMap((text) => [...text.matchAll(outputReference)])
    .find(([, service = '', name = '']) => outputs.get(service)?.[name] === undefined);
}
