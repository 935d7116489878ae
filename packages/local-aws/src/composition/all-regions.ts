import type { Domain } from '../apigateway/domain-names.ts';
import type { PerRegion } from '../core/per-region.ts';
import type { ApiFrontend } from '../core/web.ts';
import type { CustomDomains } from '../edge/server.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import type { Region } from './region.ts';

/** The deployed APIs and function URLs of all regions. Their ids and addresses do not name the region. */
export type DeployedGateways = {
  readonly frontend: ApiFrontend;
  readonly domains: CustomDomains & { list(): readonly Domain[] };
} & Pick<Region['web']['gateway'], 'stagesOf' | 'routesOf'>;

export function gatewaysOf(regions: PerRegion<Region>): DeployedGateways {
  const apiGateways = () => regions.all().map(({ web }) => web.gateway);
  const gateways = () => regions.all().flatMap(({ web, compute }) => [web.gateway, compute.urlGateway]);
  const frontendOf = (apiId: string): ApiFrontend | undefined =>
    gateways()
      .flatMap(({ frontends }) => frontends)
      .find((frontend) => frontend.has(apiId));
  return {
    frontend: {
      has: (apiId) => frontendOf(apiId) !== undefined,
      execute(request) {
        const frontend = frontendOf(request.apiId);
        if (frontend === undefined) throw new Error(`There is no API ${request.apiId}.`);
        return frontend.execute(request);
      },
    },
    domains: {
      list: () => apiGateways().flatMap(({ domains }) => domains.list()),
      has: (host) => apiGateways().some(({ domains }) => domains.has(host)),
      resolveDomain(host, path) {
        for (const { domains } of apiGateways()) {
          const target = domains.resolveDomain(host, path);
          if (target !== undefined) return target;
        }
        return undefined;
      },
    },
    stagesOf(apiId) {
      for (const gateway of gateways()) {
        const stages = gateway.stagesOf(apiId);
        if (stages !== undefined) return stages;
      }
      return undefined;
    },
    routesOf: (apiId) => gateways().flatMap((gateway) => gateway.routesOf(apiId)),
  };
}

/** The consumers of all regions as one, also of those regions that are opened later. */
export function consumersOf(regions: PerRegion<Region>): Consumers {
  const consumers = () => regions.all().flatMap((region) => region.consumers);
  return {
    nudge(tableNames) {
      for (const each of consumers()) each.nudge(tableNames);
    },
    queues: () => consumers().flatMap((each) => each.queues()),
    pending: () => consumers().flatMap((each) => each.pending()),
    pause: async () => void (await Promise.all(consumers().map((each) => each.pause()))),
    resume: async (endOf) => void (await Promise.all(consumers().map((each) => each.resume(endOf)))),
  };
}
