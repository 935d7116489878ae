import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import { sourceKind } from '../event-sources/source-kind.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { unknownVariables } from './input-template.ts';

const queueParameters = z.strictObject({
  BatchSize: property.integer().optional(),
  MaximumBatchingWindowInSeconds: property.integer().optional(),
});

/** The members of a pipe that CloudFormation and the API spell alike; all but the parameters may be left out of an update. */
export const pipeShape = {
  Description: z.string().optional(),
  DesiredState: z.enum(['RUNNING', 'STOPPED']).optional(),
  RoleArn: z.string(),
  Source: z.string(),
  SourceParameters: z
    .strictObject({
      FilterCriteria: z
        .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string().optional() })).optional() })
        .optional(),
      SqsQueueParameters: queueParameters.optional(),
      DynamoDBStreamParameters: queueParameters
        .extend({
          StartingPosition: z.enum(['LATEST', 'TRIM_HORIZON']).optional(),
          DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
          MaximumRecordAgeInSeconds: property.integer().optional(),
          MaximumRetryAttempts: property.integer().optional(),
          OnPartialBatchItemFailure: z.enum(['AUTOMATIC_BISECT']).optional(),
          ParallelizationFactor: property.integer().optional(),
        })
        .optional(),
    })
    .optional(),
  Enrichment: z.string().optional(),
  EnrichmentParameters: z.strictObject({ InputTemplate: z.string().optional() }).optional(),
  Target: z.string(),
  TargetParameters: z
    .strictObject({
      InputTemplate: z.string().optional(),
      LambdaFunctionParameters: z
        .strictObject({ InvocationType: z.enum(['REQUEST_RESPONSE', 'FIRE_AND_FORGET']).optional() })
        .optional(),
      SqsQueueParameters: z
        .strictObject({ MessageGroupId: z.string().optional(), MessageDeduplicationId: z.string().optional() })
        .optional(),
      EventBridgeEventBusParameters: z
        .strictObject({
          DetailType: z.string().min(1).max(128).optional(),
          Source: z.string().min(1).max(256).optional(),
          Resources: z.array(z.string()).max(10).optional(),
          Time: z.string().startsWith('$.').max(256).optional(),
        })
        .optional(),
    })
    .optional(),
  LogConfiguration: z
    .strictObject({
      Level: z.enum(['OFF', 'ERROR', 'INFO', 'TRACE']).optional(),
      IncludeExecutionData: z.array(z.enum(['ALL'])).optional(),
      CloudwatchLogsLogDestination: z.strictObject({ LogGroupArn: z.string().optional() }).optional(),
    })
    .optional(),
};
export const pipeSettingsSchema = z.object(pipeShape);
export type PipeSettings = z.infer<typeof pipeSettingsSchema>;

const ranges = [
  ['BatchSize', 1, 10_000],
  ['MaximumBatchingWindowInSeconds', 0, 300],
  ['ParallelizationFactor', 1, 10],
  ['MaximumRetryAttempts', -1, 10_000],
  ['MaximumRecordAgeInSeconds', -1, 604_800],
] as const;

const maxFilters = 5;
const maxPatternLength = 4096;

/** @throws AwsError ValidationException, naming what a pipe of the local endpoint cannot be */
export function checkPipe(settings: PipeSettings): void {
  const { Source, SourceParameters = {}, Enrichment, Target } = settings;
  const kind = sourceKind(Source);
  if (kind === undefined) throw unsupported('source', Source, 'SQS queues and DynamoDB streams');
  const stream = SourceParameters.DynamoDBStreamParameters;
  if (kind === 'stream' && stream?.StartingPosition === undefined)
    throw invalid('DynamoDBStreamParameters with a StartingPosition are required for a DynamoDB stream source.');
  if (kind === 'stream' ? SourceParameters.SqsQueueParameters : stream)
    throw invalid(`The source parameters do not fit the source ${Source}.`);
  checkRanges({ ...SourceParameters.SqsQueueParameters, ...stream });
  checkQueueBatch(Source, SourceParameters.SqsQueueParameters ?? {});
  checkFilters(SourceParameters.FilterCriteria?.Filters?.map(({ Pattern = '' }) => Pattern) ?? []);

  if (Enrichment !== undefined && Enrichment !== '' && serviceOf(Enrichment) !== 'lambda')
    throw unsupported('enrichment', Enrichment, 'Lambda functions');
  const isBus = parseArn(Target)?.resource.startsWith('event-bus/') ?? false;
  if (!['lambda', 'sqs', 'sns', 'events'].includes(serviceOf(Target)) || (serviceOf(Target) === 'events' && !isBus))
    throw unsupported('target', Target, 'Lambda functions, SQS queues, SNS topics and event buses');
  const deadLetterArn = stream?.DeadLetterConfig?.Arn;
  if (deadLetterArn !== undefined && !['sqs', 'sns'].includes(serviceOf(deadLetterArn)))
    throw unsupported('dead-letter target', deadLetterArn, 'SQS queues and SNS topics');
  checkTarget(settings);
}

function checkTarget({ Target, TargetParameters = {}, EnrichmentParameters = {} }: PipeSettings): void {
  const { LambdaFunctionParameters, SqsQueueParameters, EventBridgeEventBusParameters } = TargetParameters;
  const service = serviceOf(Target);
  const owners = { lambda: LambdaFunctionParameters, sqs: SqsQueueParameters, events: EventBridgeEventBusParameters };
  if (Object.entries(owners).some(([owner, parameters]) => parameters !== undefined && owner !== service))
    throw invalid(`The target parameters do not fit the target ${Target}.`);
  if (Target.endsWith('.fifo') && service === 'sqs' && SqsQueueParameters?.MessageGroupId === undefined)
    throw invalid('SqsQueueParameters.MessageGroupId is required for a FIFO queue.');
  for (const template of [TargetParameters.InputTemplate, EnrichmentParameters.InputTemplate]) {
    const [unknown] = unknownVariables(template ?? '');
    if (unknown !== undefined) throw invalid(`Unknown reserved variable <${unknown}> in an input template.`);
  }
}

function checkRanges(parameters: Partial<Record<(typeof ranges)[number][0], number | undefined>>): void {
  for (const [name, least, most] of ranges) {
    const value = parameters[name];
    if (value !== undefined && (value < least || value > most))
      throw invalid(`${name} must be between ${least} and ${most}.`);
  }
}

function checkQueueBatch(source: string, parameters: z.infer<typeof queueParameters>): void {
  const { BatchSize = 10, MaximumBatchingWindowInSeconds: window = 0 } = parameters;
  if (serviceOf(source) !== 'sqs' || BatchSize <= 10) return;
  if (source.endsWith('.fifo')) throw invalid('BatchSize must not exceed 10 for FIFO queues.');
  if (window === 0) throw invalid('A BatchSize above 10 needs a MaximumBatchingWindowInSeconds of at least 1.');
}

function checkFilters(patterns: readonly string[]): void {
  if (patterns.length > maxFilters) throw invalid(`A pipe has at most ${maxFilters} filters.`);
  if (patterns.some((pattern) => pattern.length > maxPatternLength))
    throw invalid(`A filter pattern has at most ${maxPatternLength} characters.`);
  try {
    compileFilters(patterns, 'pipe');
  } catch (error) {
    if (error instanceof AwsError) throw invalid(error.message);
    throw error;
  }
}

export function serviceOf(arn: string): string {
  return parseArn(arn)?.service ?? '';
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function unsupported(role: string, arn: string, supported: string): AwsError {
  return invalid(
    `The ${role} ${arn} is not supported by the local endpoint, which knows ${supported}. See the support matrix of local-aws.`,
  );
}
