import * as z from 'zod';
import { unitSchema } from './cloudwatch-input.ts';
import { parseJsonMessage } from './log-filter-json.ts';
import type { Sample } from './metric-store.ts';

const directiveSchema = z.object({
  Namespace: z.string().min(1).max(1024),
  Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
  Metrics: z
    .array(
      z.object({
        Name: z.string().min(1).max(1024),
        Unit: unitSchema.optional(),
        StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
      }),
    )
    .max(100),
});
const metadataSchema = z.object({ Timestamp: z.number().min(0), CloudWatchMetrics: z.array(z.unknown()) });
const valuesSchema = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(100)]);

/**
 * The samples in a log message of the embedded metric format:
 * `{"_aws":{"Timestamp":ms,"CloudWatchMetrics":[{"Namespace","Dimensions":[["k"]],"Metrics":[{"Name","Unit"}]}]},"k":"v","Name":1}`.
 * What does not fit the format publishes nothing, as on CloudWatch.
 */
export function readEmbeddedMetrics(message: string): Sample[] {
  if (!message.includes('"_aws"')) return [];
  const document = parseJsonMessage(message);
  const metadata = metadataSchema.safeParse(document?._aws);
  if (document === undefined || !metadata.success) return [];
  const { Timestamp: timestamp, CloudWatchMetrics } = metadata.data;
  return CloudWatchMetrics.flatMap((candidate) => {
    const directive = directiveSchema.safeParse(candidate);
    return directive.success ? readDirective(directive.data, document, timestamp) : [];
  });
}

function readDirective(
  { Namespace, Dimensions, Metrics }: z.infer<typeof directiveSchema>,
  document: Readonly<Record<string, unknown>>,
  timestamp: number,
): Sample[] {
  const sets = Dimensions.map((names) => names.map((Name) => ({ Name, Value: dimensionValue(document[Name]) })));
  // A dimension without a value makes the whole directive invalid.
  if (sets.some((set) => set.some(({ Value }) => Value === ''))) return [];
  return Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
    const values = valuesSchema.safeParse(document[Name]);
    if (!values.success) return [];
    return sets.map((set) => ({
      metric: { Namespace, MetricName: Name, Dimensions: set },
      unit: Unit ?? 'None',
      timestamp,
      highResolution: StorageResolution === 1,
      add: (aggregate) => {
        for (const value of values.data) aggregate.add(value);
      },
    }));
  });
}

function dimensionValue(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
