import * as z from 'zod';
import type { QueryOutput } from '../core/query-protocol.ts';
import { property } from '../core/resource-type.ts';
import type { CloudWatchAction } from './cloudwatch-protocols.ts';
import { metricError } from './metric-error.ts';

/** Ties a typed action to the wire: the input is parsed first, and what the schema does not know is refused by name. */
export function action<P>(
  schema: z.ZodType<P>,
  handle: (input: P) => QueryOutput | Promise<QueryOutput>,
): CloudWatchAction {
  return (input) => handle(parseInput(schema, input));
}

/** @throws AwsError naming the first parameter that is missing, unknown or wrong */
function parseInput<P>(schema: z.ZodType<P>, input: unknown): P {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ');
    throw metricError.value(
      `The local endpoint does not support the parameter ${names}. See the support matrix of local-aws.`,
    );
  }
  if (issue !== undefined && issue.input === undefined) throw metricError.missing(path);
  throw metricError.value(`The parameter ${path || 'input'} is not valid: ${issue?.message ?? 'unknown problem'}.`);
}

/** Building blocks for inputs, which are text in the Query protocol and typed JSON in the other. */
export const wire = {
  number: () =>
    z.union([
      z.number(),
      z
        .string()
        .regex(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/)
        .transform(Number),
    ]),
  integer: property.integer,
  positive: () => property.integer().refine((value) => value >= 1, 'must be at least 1'),
  boolean: property.boolean,
  /** Milliseconds since the epoch, from epoch seconds or ISO 8601. */
  timestamp: () =>
    z.union([
      z.number().transform((seconds) => Math.round(seconds * 1000)),
      z
        .string()
        .transform((text) => Date.parse(text))
        .refine((time) => !Number.isNaN(time), 'must be a timestamp'),
    ]),
  /** The Query protocol spells an empty list as an empty text. */
  list: <T>(item: z.ZodType<T>) => z.preprocess((value) => (value === '' ? [] : value), z.array(item)),
} as const;

export const namespaceSchema = z.string().min(1).max(255).regex(/^[^:]/);
export const metricNameSchema = z.string().min(1).max(255);
const dimensionSchema = z.strictObject({
  Name: z.string().min(1).max(255),
  Value: property
    .string()
    .refine((value) => value.length >= 1 && value.length <= 1024, 'must have 1 to 1024 characters'),
});
export const dimensionsSchema = wire.list(dimensionSchema).refine((list) => list.length <= 30, 'at most 30 dimensions');
export const unitSchema = z.enum([
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
]);
export const tagsSchema = wire.list(z.strictObject({ Key: z.string().min(1).max(128), Value: property.string() }));

/** A period in seconds: 1, 5, 10, 20, 30 or whole minutes. */
export const periodSchema = property
  .integer()
  .refine(
    (period) => [1, 5, 10, 20, 30].includes(period) || (period >= 60 && period % 60 === 0),
    'must be 1, 5, 10, 20, 30 or a multiple of 60',
  );

const metricStatSchema = z.strictObject({
  Metric: z.strictObject({
    Namespace: namespaceSchema,
    MetricName: metricNameSchema,
    Dimensions: dimensionsSchema.optional(),
  }),
  Period: periodSchema,
  Stat: z.string(),
  Unit: unitSchema.optional(),
});

/** One metric or expression of GetMetricData or of an alarm. */
export const metricQuerySchema = z.strictObject({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]{0,254}$/, 'must start with a small letter'),
  MetricStat: metricStatSchema.optional(),
  Expression: z.string().min(1).max(2048).optional(),
  Label: z.string().optional(),
  ReturnData: wire.boolean().optional(),
  Period: periodSchema.optional(),
});
export type MetricQuery = z.infer<typeof metricQuerySchema>;

/** The offset that a token of an earlier page stands for. @throws AwsError InvalidNextToken */
function pageOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^from:\d+$/.test(text)) throw metricError.nextToken();
  return Number(text.slice(5));
}

/** One page of `items` with the token of the next. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
): { items: T[]; next: string | undefined } {
  const start = pageOffset(token);
  const end = start + size;
  const next = end < items.length ? Buffer.from(`from:${end}`).toString('base64url') : undefined;
  return { items: items.slice(start, end), next };
}

/** The token of the page that begins after the item called `last`. */
export function encodeNameToken(last: string | undefined): string | undefined {
  return last === undefined ? undefined : Buffer.from(`after:${last}`).toString('base64url');
}

/** The name that a token stands for. @throws AwsError InvalidNextToken */
export function decodeNameToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:')) throw metricError.nextToken();
  return text.slice('after:'.length);
}
