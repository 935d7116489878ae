import type { ResourceType } from '../core/resource-type.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import type { Mapping } from './mapping.ts';
import { mappingResource } from './mapping-resource.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { MappingStore, type MappingStoreOptions } from './mapping-store.ts';

export type EventSourceMappings = {
  /** To be served as part of Lambda's REST API. */
  readonly routes: readonly RestRoute[];
  readonly resourceTypes: readonly ResourceType[];
  list(): readonly Mapping[];
  /** How far a mapping has come in each shard of its stream. */
  checkpointsOf(uuid: string): Readonly<Record<string, string>>;
  readonly consumers: Consumers;
  close(): void;
};

/** Event source mappings: polls queues and streams, invokes functions. Kept mappings start polling soon after. */
export function createEventSourceMappings(options: MappingStoreOptions): EventSourceMappings {
  const mappings = new MappingStore(options);
  return {
    routes: mappingRoutes(mappings, options.functionOf),
    resourceTypes: [mappingResource(mappings)],
    list: () => mappings.list(),
    checkpointsOf: (uuid) => mappings.checkpointsOf(uuid),
    consumers: mappings,
    close: () => mappings.close(),
  };
}
