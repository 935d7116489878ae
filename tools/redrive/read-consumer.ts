import { type LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { DescribePipeCommand, type PipesClient } from '@aws-sdk/client-pipes';
import type { DynamoDBRecord } from 'aws-lambda';
import { compileFilters } from 'local-aws/filter-pattern';
import type { FailedBatch } from './failed-batch.ts';

/** A function that follows a stream, and the form in which it gets records. */
export type Consumer = {
  readonly functionArn: string;
  readonly batchSize: number;
  /** Whether a record passes the filters. */
  matches(record: DynamoDBRecord): boolean;
  eventOf(records: readonly DynamoDBRecord[]): unknown;
};

type Clients = { readonly lambda: LambdaClient; readonly pipes: PipesClient };

/** Who could not handle the batch: the function of an event source mapping, or that at the end of a pipe. */
export function readConsumer({ lambda, pipes }: Clients, batch: FailedBatch): Promise<Consumer> {
  return 'pipeArn' in batch ? readPipe(pipes, batch.pipeArn) : readMapping(lambda, batch.functionArn, batch.streamArn);
}

async function readMapping(client: LambdaClient, versionArn: string, EventSourceArn: string): Promise<Consumer> {
  const functionArn = versionArn.replace(/:\$LATEST$/, '');
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName: functionArn, EventSourceArn })) {
    for (const { FilterCriteria, BatchSize = 100 } of page.EventSourceMappings ?? []) {
      return {
        functionArn,
        batchSize: BatchSize,
        matches: matcher(FilterCriteria?.Filters),
        eventOf: (Records) => ({ Records }),
      };
    }
  }
  throw new Error(`${functionArn} does not consume ${EventSourceArn} any more.`);
}

async function readPipe(client: PipesClient, pipeArn: string): Promise<Consumer> {
  const { Target = '', SourceParameters } = await client.send(
    new DescribePipeCommand({ Name: pipeArn.replace(/^.*:pipe\//, '') }),
  );
  if (!Target.includes(':lambda:')) throw new Error(`${pipeArn} does not end in a function, but in ${Target}.`);
  return {
    functionArn: Target,
    batchSize: SourceParameters?.DynamoDBStreamParameters?.BatchSize ?? 100,
    matches: matcher(SourceParameters?.FilterCriteria?.Filters),
    eventOf: (records) => records,
  };
}

function matcher(filters: readonly { readonly Pattern?: string | undefined }[] = []): Consumer['matches'] {
  const patterns = filters.flatMap(({ Pattern }) => Pattern ?? []);
  if (patterns.length === 0) return () => true;
  const isMeant = compileFilters(patterns);
  return (record) => isMeant(JSON.parse(JSON.stringify(record)));
}
