import type { DeployedApi, Endpoint } from 'local-aws';
import type { Service } from './project.ts';

/** A service of this repository and its stack. */
export type DeployedService = {
  readonly name: string;
  readonly stack: string;
  readonly apis: readonly DeployedApi[];
};

/** Those of `services` whose stacks are deployed, in the order of the project. */
export function deployedServices(
  services: readonly Pick<Service, 'name'>[],
  endpoint: Pick<Endpoint, 'stacks' | 'apis'>,
): readonly DeployedService[] {
  const stacks = new Set(endpoint.stacks().map(({ name }) => name));
  return services
    .map(({ name }) => ({ name, stack: `${name}-local` }))
    .filter(({ stack }) => stacks.has(stack))
    .map((service) => ({ ...service, apis: endpoint.apis().filter(({ stack }) => stack === service.stack) }));
}
