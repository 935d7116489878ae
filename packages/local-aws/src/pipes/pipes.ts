import type { AwsApi } from '../core/aws-api.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { restJsonApi } from '../core/rest-protocol.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import type { Pipe } from './pipe.ts';
import { pipeResource } from './pipe-resource.ts';
import { pipeRoutes } from './pipe-routes.ts';
import { PipeStore, type PipeStoreOptions } from './pipe-store.ts';

export type Pipes = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  list(): readonly Pipe[];
  /** How far a pipe has come in each shard of its stream. */
  checkpointsOf(name: string): Readonly<Record<string, string>>;
  readonly consumers: Consumers;
  close(): void;
};

/** EventBridge Pipes: from queues and streams, over filters and enrichment, to functions, queues and topics. */
export function createPipes(options: PipeStoreOptions): Pipes {
  const pipes = new PipeStore(options);
  return {
    api: restJsonApi('pipes', pipeRoutes(pipes)),
    resourceTypes: [pipeResource(pipes)],
    list: () => pipes.list(),
    checkpointsOf: (name) => pipes.checkpointsOf(name),
    consumers: pipes,
    close: () => pipes.close(),
  };
}
