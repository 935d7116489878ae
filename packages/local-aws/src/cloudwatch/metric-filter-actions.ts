import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { groupName, invalidParameter, readLogInput } from '../logs/log-input.ts';
import { page } from './cloudwatch-input.ts';
import { compileLogMatcher } from './log-filter-pattern.ts';
import { transformationSchema } from './metric-filter.ts';
import type { MetricFilterStore } from './metric-filter-store.ts';

const filterNameSchema = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:*]*$/);
const putSchema = z.strictObject({
  logGroupName: groupName,
  filterName: filterNameSchema,
  filterPattern: z.string().max(1024),
  metricTransformations: z.array(transformationSchema).length(1),
});
const describeSchema = z.strictObject({
  logGroupName: groupName.optional(),
  filterNamePrefix: filterNameSchema.optional(),
  metricName: z.string().max(255).optional(),
  metricNamespace: z.string().max(255).optional(),
  limit: z.int().min(1).max(50).optional(),
  nextToken: z.string().optional(),
});
const deleteSchema = z.strictObject({ logGroupName: groupName, filterName: filterNameSchema });
const testSchema = z.strictObject({
  filterPattern: z.string().max(1024),
  logEventMessages: z.array(z.string().min(1)).min(1).max(50),
});

/** The actions of the Logs API about metric filters, to be merged into that API. */
export function metricFilterActions(filters: MetricFilterStore): Record<string, JsonAction> {
  return {
    PutMetricFilter(input) {
      filters.put(readLogInput(input, putSchema));
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
      } = readLogInput(input, describeSchema);
      if ((metricName === undefined) !== (metricNamespace === undefined)) {
        throw invalidParameter('metricName and metricNamespace must be given together.');
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
      return { metricFilters: items.map((filter) => ({ ...filter, applyOnTransformedLogs: false })), nextToken: next };
    },

    DeleteMetricFilter(input) {
      const { logGroupName, filterName } = readLogInput(input, deleteSchema);
      filters.requireGroup(logGroupName);
      if (!filters.delete(logGroupName, filterName)) {
        throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.');
      }
      return {};
    },

    TestMetricFilter(input) {
      const { filterPattern, logEventMessages } = readLogInput(input, testSchema);
      const filter = compileLogMatcher(filterPattern);
      const matches = logEventMessages.flatMap((eventMessage, index) => {
        const match = filter(eventMessage);
        return match === undefined ? [] : [{ eventNumber: index + 1, eventMessage, extractedValues: match.extracted }];
      });
      return { matches };
    },
  };
}
