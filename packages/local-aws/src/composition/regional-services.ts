import { defaultRegion, parseArn } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { JsonObject } from '../core/json.ts';
import type { PerRegion } from '../core/per-region.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import type { Service } from '../core/service-registry.ts';
import type { Region } from './region.ts';

/** The services of all regions as one. Every call goes to the region that it is signed for, every resource to its stack's. */
export function regionalServices(regions: PerRegion<Region>): Service {
  const { apis, resourceTypes } = regions.default;
  const services = () => regions.all().map((region) => region.services);
  return {
    apis: Object.fromEntries(Array.from(apis.keys(), (name) => [name, inRegionOfCall(name, regions)])),
    resourceTypes: Array.from(resourceTypes.values(), (type) => inRegionOfStack(type, regions)),
    policyOf: (resourceArn) => regionOfArn(regions, resourceArn)?.services.policyOf(resourceArn),
    encryptionKeyOf: (resourceArn) => regionOfArn(regions, resourceArn)?.services.encryptionKeyOf(resourceArn),
    pending: () => services().flatMap((each) => each.pending()),
    dropWork() {
      for (const each of services()) each.dropWork();
    },
    async dropData() {
      await Promise.all(services().map((each) => each.dropData()));
    },
    resume() {
      for (const each of services()) each.resume();
    },
    async close() {
      await regions.settled();
      await Promise.all(services().map((each) => each.close()));
    },
  };
}

/** The region that an ARN names, if it has been used. ARNs of global services name none, and belong to the default one. */
export function regionOfArn(regions: PerRegion<Region>, resourceArn: string): Region | undefined {
  return regions.find(parseArn(resourceArn)?.region || defaultRegion);
}

function inRegionOfCall(name: string, regions: PerRegion<Region>): AwsApi {
  return async (request) => present((await regions.of(request.region)).apis.get(name), name)(request);
}

function inRegionOfStack(shared: ResourceType, regions: PerRegion<Region>): ResourceType {
  const typeFor = async (properties: JsonObject, { region }: ResourceContext): Promise<ResourceType> => {
    const { resourceTypes } = await regions.of(shared.regionOf?.(properties) ?? region);
    return present(resourceTypes.get(shared.type), shared.type);
  };
  return {
    ...shared,
    create: async (properties, context) => (await typeFor(properties, context)).create(properties, context),
    update: async (properties, current, context) =>
      (await typeFor(properties, context)).update(properties, current, context),
    delete: async (state, properties, context) =>
      (await typeFor(properties, context)).delete(state, properties, context),
  };
}

function present<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`A region lacks ${name}, which the default region has.`);
  return found;
}
