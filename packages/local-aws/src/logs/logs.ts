import { compileLogFilter } from '../cloudwatch/log-filter-pattern.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import { type JsonAction, jsonApi } from '../core/json-protocol.ts';
import type { LogGroups, LogSink } from '../core/log-sink.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { eventActions } from './event-actions.ts';
import { groupActions } from './group-actions.ts';
import { type GroupEncryptionPorts, noEncryption } from './group-encryption.ts';
import { logResourceTypes } from './log-resources.ts';
import { LogStore } from './log-store.ts';
import { LogPolicies } from './resource-policies.ts';
import { tagActions } from './tag-actions.ts';

export type Logs = {
  readonly sink: LogSink;
  readonly groups: LogGroups;
  readonly resourceTypes: readonly ResourceType[];
  policyOf(resourceArn: string): string | undefined;
  /** Deletes all streams and events. */
  reset(): void;
  /** Serves the Logs API together with the metric filters, which CloudWatch's part of the endpoint has. */
  api(metricFilters: MetricFilters): AwsApi;
};

type MetricFilters = {
  readonly actions: Readonly<Record<string, JsonAction>>;
  /** How many a group has. */
  countOf(group: string): number;
};

type LogsOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly region: string;
} & Partial<GroupEncryptionPorts>;

/** CloudWatch Logs of one region: what functions and stages write, kept in memory and bounded. */
export function createLogs({ clock, state, region, ...ports }: LogsOptions): Logs {
  const encryption = { ...noEncryption, ...ports };
  const store = new LogStore(clock, state, region);
  const policies = new LogPolicies(state, clock);
  return {
    sink: store,
    groups: store,
    resourceTypes: [...logResourceTypes(store, encryption), policies.resourceType()],
    policyOf: (resourceArn) => policies.policyOf(resourceArn),
    reset: () => store.reset(),
    api: (metricFilters) =>
      jsonApi('logs', '1.1', {
        ...groupActions(store, encryption, metricFilters.countOf),
        ...tagActions(store),
        ...eventActions(store, clock, compileLogFilter),
        ...metricFilters.actions,
        ...policies.actions(),
      }),
  };
}
