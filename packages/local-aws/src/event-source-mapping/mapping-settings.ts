import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import { type SourceKind, sourceKind } from '../event-sources/source-kind.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import type { Mapping } from './mapping.ts';

/** What may change, spelled alike in CloudFormation and in the API. */
export const settingsShape = {
  Enabled: property.boolean().optional(),
  BatchSize: property.integer().optional(),
  MaximumBatchingWindowInSeconds: property.integer().optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string().optional() })).optional() })
    .optional(),
  FunctionResponseTypes: z.array(z.string()).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: property.integer().optional() }).optional(),
  ParallelizationFactor: property.integer().optional(),
  BisectBatchOnFunctionError: property.boolean().optional(),
  MaximumRetryAttempts: property.integer().optional(),
  MaximumRecordAgeInSeconds: property.integer().optional(),
  TumblingWindowInSeconds: property.integer().optional().meta({ only: 0 }),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().optional() }).optional() })
    .optional(),
};
const settingsSchema = z.object(settingsShape);
export type Settings = z.infer<typeof settingsSchema>;

type Configuration = Pick<
  Mapping,
  | 'batchSize'
  | 'windowSeconds'
  | 'patterns'
  | 'reportsFailures'
  | 'maximumConcurrency'
  | 'parallelizationFactor'
  | 'bisects'
  | 'maximumRetryAttempts'
  | 'maximumRecordAge'
  | 'onFailure'
>;

const ranges = [
  ['BatchSize', 'batchSize', 1, 10_000],
  ['MaximumBatchingWindowInSeconds', 'maximumBatchingWindowInSeconds', 0, 300],
  ['ParallelizationFactor', 'parallelizationFactor', 1, 10],
  ['MaximumRetryAttempts', 'maximumRetryAttempts', -1, 10_000],
  ['MaximumRecordAgeInSeconds', 'maximumRecordAgeInSeconds', -1, 604_800],
] as const;

const streamOnly = [
  'ParallelizationFactor',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
] as const;

/** AWS has a quota of five filters a mapping. */
const maxFilters = 5;
const maxPatternLength = 4096;

export function defaultConfiguration(kind: SourceKind): Configuration {
  return {
    batchSize: kind === 'queue' ? 10 : 100,
    windowSeconds: 0,
    patterns: undefined,
    reportsFailures: false,
    maximumConcurrency: undefined,
    parallelizationFactor: 1,
    bisects: false,
    maximumRetryAttempts: -1,
    maximumRecordAge: -1,
    onFailure: undefined,
  };
}

/** Lays settings over a configuration, checking what can be told without asking the source. @throws AwsError */
export function configure(settings: Settings, current: Configuration, eventSourceArn: string): Configuration {
  checkRanges(settings);
  const kind = sourceKind(eventSourceArn);
  if (settings.TumblingWindowInSeconds) {
    throw invalidParameter(
      'TumblingWindowInSeconds is not supported by the local endpoint. See the support matrix of local-aws.',
    );
  }
  const foreign = kind === 'queue' ? streamOnly.find((name) => settings[name] !== undefined) : undefined;
  if (foreign !== undefined) throw invalidParameter(`${foreign} is not supported for SQS event sources.`);
  if (kind === 'stream' && settings.ScalingConfig?.MaximumConcurrency !== undefined)
    throw invalidParameter('ScalingConfig is only supported for SQS event sources.');

  const next: Configuration = {
    batchSize: settings.BatchSize ?? current.batchSize,
    windowSeconds: settings.MaximumBatchingWindowInSeconds ?? current.windowSeconds,
    patterns: settings.FilterCriteria === undefined ? current.patterns : patternsOf(settings.FilterCriteria),
    reportsFailures:
      settings.FunctionResponseTypes === undefined
        ? current.reportsFailures
        : reportsFailures(settings.FunctionResponseTypes),
    maximumConcurrency:
      settings.ScalingConfig === undefined ? current.maximumConcurrency : settings.ScalingConfig.MaximumConcurrency,
    parallelizationFactor: settings.ParallelizationFactor ?? current.parallelizationFactor,
    bisects: settings.BisectBatchOnFunctionError ?? current.bisects,
    maximumRetryAttempts: settings.MaximumRetryAttempts ?? current.maximumRetryAttempts,
    maximumRecordAge: settings.MaximumRecordAgeInSeconds ?? current.maximumRecordAge,
    onFailure:
      settings.DestinationConfig === undefined
        ? current.onFailure
        : destinationOf(settings.DestinationConfig.OnFailure?.Destination),
  };
  if (kind === 'queue') checkQueueBatch(next, eventSourceArn);
  return next;
}

function checkRanges(settings: Settings): void {
  for (const [name, member, least, most] of ranges) checkRange(settings[name], member, least, most);
  checkRange(settings.ScalingConfig?.MaximumConcurrency, 'scalingConfig.maximumConcurrency', 2, 1000);
  const age = settings.MaximumRecordAgeInSeconds;
  if (age !== undefined && age > -1 && age < 60)
    throw invalidParameter('MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.');
}

function checkRange(value: number | undefined, member: string, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  const bound = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw constraintViolation(`Value '${value}' at '${member}'`, `Member must have value ${bound}`);
}

function checkQueueBatch({ batchSize, windowSeconds }: Configuration, queueArn: string): void {
  const isFifo = queueArn.endsWith('.fifo');
  if (isFifo && windowSeconds > 0) throw invalidParameter('Batching window is not supported for FIFO queues');
  if (isFifo && batchSize > 10) throw invalidParameter('Batch size must not exceed 10 for FIFO queues');
  if (batchSize > 10 && windowSeconds === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
}

function patternsOf({ Filters = [] }: NonNullable<Settings['FilterCriteria']>): string[] | undefined {
  if (Filters.length > maxFilters)
    throw invalidParameter(`Number of filters exceeds the limit of ${maxFilters} filters per event source mapping.`);
  const patterns = Filters.map(({ Pattern = '' }) => Pattern);
  const tooLong = patterns.findIndex((pattern) => pattern.length > maxPatternLength);
  if (tooLong >= 0) {
    throw constraintViolation(
      `Value at 'filterCriteria.filters.${tooLong + 1}.member.pattern'`,
      `Member must have length less than or equal to ${maxPatternLength}`,
    );
  }
  compileFilters(patterns, 'mapping');
  return patterns.length === 0 ? undefined : patterns;
}

function reportsFailures(types: readonly string[]): boolean {
  for (const type of types) {
    if (type !== 'ReportBatchItemFailures') {
      throw constraintViolation(
        `Value '[${types.join(', ')}]' at 'functionResponseTypes'`,
        'Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]',
      );
    }
  }
  return types.length > 0;
}

function destinationOf(arn: string | undefined): string | undefined {
  if (arn === undefined || arn === '') return undefined;
  if (/^arn:aws[\w-]*:(sqs|sns):[\w-]+:\d{12}:[\w.-]+$/.test(arn)) return arn;
  throw invalidParameter(
    `The destination ARN ${arn} is not supported. The local endpoint sends to SQS queues and SNS topics only. See the support matrix of local-aws.`,
  );
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
}

export function constraintViolation(subject: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: ${subject} failed to satisfy constraint: ${constraint}`,
  );
}
