import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { page } from './cloudwatch-input.ts';
import { compileLogMatcher } from './log-filter-pattern.ts';
import { transformationSchema } from './metric-filter.ts';
import type { MetricFilterStore } from './metric-filter-store.ts';

const filterNameSchema = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:*]*$/);
const logGroupNameSchema = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[.\-_/#A-Za-z0-9]+$/);

const putSchema = z.strictObject({
  logGroupName: logGroupNameSchema,
  filterName: filterNameSchema,
  filterPattern: z.string().max(1024),
  metricTransformations: z.array(transformationSchema).length(1),
});
const describeSchema = z.strictObject({
  logGroupName: logGroupNameSchema.optional(),
  filterNamePrefix: filterNameSchema.optional(),
  metricName: z.string().optional(),
  metricNamespace: z.string().optional(),
  limit: z.int().min(1).max(50).optional(),
  nextToken: z.string().optional(),
});
const deleteSchema = z.strictObject({ logGroupName: logGroupNameSchema, filterName: filterNameSchema });
const testSchema = z.strictObject({
  filterPattern: z.string().max(1024),
  logEventMessages: z.array(z.string().min(1)).min(1).max(50),
});

/** The actions of the Logs API about metric filters, to be merged into that API. */
export function metricFilterActions(filters: MetricFilterStore): Record<string, JsonAction> {
  return {
    PutMetricFilter(input) {
      filters.put(parse(putSchema, input));
      return {};
    },

    DescribeMetricFilters(input) {
      const {
        logGroupName,
        filterNamePrefix,
        metricName,
        metricNamespace,
        limit = 50,
        nextToken,
      } = parse(describeSchema, input);
      if ((metricName === undefined) !== (metricNamespace === undefined)) {
        throw invalid('metricName and metricNamespace must be given together.');
      }
      if (logGroupName !== undefined) filters.requireGroup(logGroupName);
      const matching = filters
        .list(logGroupName)
        .filter(({ filterName }) => filterName.startsWith(filterNamePrefix ?? ''))
        .filter(({ metricTransformations }) =>
          metricTransformations.some(
            (transformation) =>
              metricName === undefined ||
              (transformation.metricName === metricName && transformation.metricNamespace === metricNamespace),
          ),
        );
      const { items, next } = page(matching, nextToken, limit);
      return { metricFilters: items, nextToken: next };
    },

    DeleteMetricFilter(input) {
      const { logGroupName, filterName } = parse(deleteSchema, input);
      filters.requireGroup(logGroupName);
      if (!filters.delete(logGroupName, filterName)) {
        throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.');
      }
      return {};
    },

    TestMetricFilter(input) {
      const { filterPattern, logEventMessages } = parse(testSchema, input);
      const filter = compileLogMatcher(filterPattern);
      const matches = logEventMessages.flatMap((eventMessage, index) => {
        const match = filter(eventMessage);
        return match === undefined ? [] : [{ eventNumber: index + 1, eventMessage, extractedValues: match.extracted }];
      });
      return { matches };
    },
  };
}

function parse<P>(schema: z.ZodType<P>, input: JsonObject): P {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const names = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [...(issue?.path ?? []), ...names].join('.');
  throw invalid(
    names.length > 0
      ? `The local endpoint does not support ${path}. See the support matrix of local-aws.`
      : `The value at '${path}' is not valid: ${issue?.message ?? 'unknown problem'}.`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
