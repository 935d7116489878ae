import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { DescribePipeCommand, ListPipesCommand, PipesClient } from '@aws-sdk/client-pipes';
import type { ClientConfig } from 'local-aws';

/** What takes records from a queue or a stream. */
export type Consumer = {
  readonly service: string;
  readonly functionName: string;
  readonly source: 'queue' | 'stream';
  /** Batches at once, of a stream for each shard. */
  readonly concurrency: number;
  readonly batchSize: number;
};

/** How long a function is taken to be busy with a batch, whose records it handles at the same time, in seconds. */
export const batchSeconds = 0.03;

/** The records a second that a consumer handles, of a stream for each shard. */
export function capacityOf({ concurrency, batchSize }: Consumer): number {
  return (concurrency * batchSize) / batchSeconds;
}

/** The event source mappings and pipes of all deployed services. */
export async function readConsumers(config: ClientConfig): Promise<readonly Consumer[]> {
  const lambda = new LambdaClient(config);
  const pipes = new PipesClient(config);
  try {
    const consumers: Consumer[] = [];
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {})) {
      for (const { FunctionArn = '', EventSourceArn = '', BatchSize = 0, ...mapping } of EventSourceMappings) {
        const isQueue = EventSourceArn.includes(':sqs:');
        const concurrency = isQueue ? mapping.ScalingConfig?.MaximumConcurrency : mapping.ParallelizationFactor;
        const source = isQueue ? 'queue' : 'stream';
        consumers.push({ ...nameOf(FunctionArn), source, batchSize: BatchSize, concurrency: concurrency ?? 1 });
      }
    }
    const { Pipes = [] } = await pipes.send(new ListPipesCommand());
    for (const { Name } of Pipes) {
      const { SourceParameters, Target = '' } = await pipes.send(new DescribePipeCommand({ Name }));
      const { BatchSize = 1, ParallelizationFactor = 1 } = SourceParameters?.DynamoDBStreamParameters ?? {};
      consumers.push({
        ...nameOf(Target),
        source: 'stream',
        batchSize: BatchSize,
        concurrency: ParallelizationFactor,
      });
    }
    return consumers;
  } finally {
    lambda.destroy();
    pipes.destroy();
  }
}

function nameOf(functionArn: string): Pick<Consumer, 'service' | 'functionName'> {
  const functionName = functionArn.split(':function:')[1] ?? functionArn;
  return { service: functionName.split('-local-')[0] ?? '', functionName };
}
