import { join } from 'node:path';
import type { Params } from '#tools/dev/params.ts';
import type { Service } from '#tools/dev/project.ts';
import { inspectService } from './deploy-service.ts';
import { type EndpointClients, type EndpointStack, readStack } from './endpoint-stack.ts';
import { SourceFiles } from './fingerprint.ts';

type Outputs = ReadonlyMap<string, EndpointStack['outputs']>;

type Plan = {
  readonly services: readonly Service[];
  /** For every service. */
  readonly params: Params;
  /** The environment of the Serverless CLI. */
  readonly environment: NodeJS.ProcessEnv;
};

/** Whether all services are on the endpoint just as a deploy with `params` would leave them. */
export async function isAllDeployed(
  clients: EndpointClients,
  root: string,
  { services, params, environment }: Plan,
): Promise<boolean> {
  const outputs = await readOutputs(
    clients,
    services.map(({ name }) => name),
  );
  const isResolvable = ({ name, params: own }: Service): boolean =>
    outputs.has(name) && missingOutput(own, outputs) === undefined;
  if (!services.every(isResolvable)) return false;
  const files = new SourceFiles();
  const inspected = services.map(({ name, path, params: own }) =>
    inspectService(
      clients,
      { name, root, folder: join(root, path), params: { ...resolveParams(own, outputs), ...params }, environment },
      files,
    ),
  );
  return (await Promise.all(inspected)).every(({ state }) => state === 'deployed');
}

/** The outputs of those of these services that are deployed. */
export async function readOutputs(clients: EndpointClients, names: readonly string[]): Promise<Outputs> {
  const outputs = new Map<string, EndpointStack['outputs']>();
  await Promise.all(
    names.map(async (name) => {
      const stack = await readStack(clients, `${name}-local`);
      if (stack !== undefined) outputs.set(name, stack.outputs);
    }),
  );
  return outputs;
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
