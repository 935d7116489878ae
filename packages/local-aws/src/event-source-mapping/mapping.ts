import * as z from 'zod';

const mappingStates = ['Creating', 'Enabling', 'Enabled', 'Disabling', 'Disabled', 'Updating', 'Deleting'] as const;

/** One event source mapping, as it is kept. */
export const mappingSchema = z.object({
  uuid: z.string(),
  arn: z.string(),
  /** With the qualifier, when it was given. */
  functionArn: z.string(),
  eventSourceArn: z.string(),
  /** Epoch milliseconds. */
  lastModified: z.number(),
  state: z.enum(mappingStates),
  stateTransitionReason: z.string(),
  lastProcessingResult: z.string(),
  tags: z.record(z.string(), z.string()),
  batchSize: z.int(),
  windowSeconds: z.int(),
  /** Undefined when there is no FilterCriteria. */
  patterns: z.array(z.string()).optional(),
  reportsFailures: z.boolean(),
  /** Queues only. */
  maximumConcurrency: z.int().optional(),
  /** Streams only, as what follows. */
  startingPosition: z.enum(['LATEST', 'TRIM_HORIZON']).optional(),
  parallelizationFactor: z.int(),
  bisects: z.boolean(),
  /** -1 for no limit. */
  maximumRetryAttempts: z.int(),
  /** Seconds, -1 for no limit. */
  maximumRecordAge: z.int(),
  onFailure: z.string().optional(),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** A mapping as the Lambda API shows it. */
export function describeMapping(mapping: Mapping): object {
  const { patterns, startingPosition, onFailure, maximumConcurrency } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    FunctionArn: mapping.functionArn,
    EventSourceArn: mapping.eventSourceArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    ...(patterns !== undefined && { FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) } }),
    FunctionResponseTypes: mapping.reportsFailures ? ['ReportBatchItemFailures'] : [],
    LastModified: mapping.lastModified / 1000,
    State: mapping.state,
    StateTransitionReason: mapping.stateTransitionReason,
    ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    ...(startingPosition !== undefined && {
      StartingPosition: startingPosition,
      ParallelizationFactor: mapping.parallelizationFactor,
      BisectBatchOnFunctionError: mapping.bisects,
      MaximumRetryAttempts: mapping.maximumRetryAttempts,
      MaximumRecordAgeInSeconds: mapping.maximumRecordAge,
      TumblingWindowInSeconds: 0,
      DestinationConfig: { OnFailure: onFailure === undefined ? {} : { Destination: onFailure } },
      LastProcessingResult: mapping.lastProcessingResult,
    }),
  };
}
