import { isJsonObject } from '../../core/json.ts';
import type { EnvironmentView } from '../../lambda/lambda.ts';
import type { QueueStore } from '../../sqs/queue-store.ts';
import type { Counts, NodeCounts, TopologyNode } from '../api-types.ts';
import type { CallAws } from '../aws/call-aws.ts';
import type { Traffic } from './traffic.ts';

export type CountPorts = {
  readonly queues: Pick<QueueStore, 'byName' | 'byArn'>;
  readonly environments: () => readonly EnvironmentView[];
  readonly callAws: CallAws;
};

/** The live numbers of nodes and edges. @param now milliseconds since the epoch */
export async function readCounts(
  nodes: readonly TopologyNode[],
  traffic: Traffic,
  now: number,
  ports: CountPorts,
): Promise<Counts> {
  const calls = traffic.nodes(now);
  const alarms = nodes.some(({ kind }) => kind === 'alarm') ? await alarmStates(ports.callAws) : new Map();
  const environments = Map.groupBy(ports.environments(), ({ functionName }) => functionName);
  const counted = await Promise.all(
    nodes.map(async (node): Promise<[string, NodeCounts]> => {
      const own = await ownCounts(node, ports, { alarms, environments });
      return [node.id, { ...own, ...calls.get(node.id) }];
    }),
  );
  return {
    nodes: Object.fromEntries(counted.filter(([, counts]) => Object.keys(counts).length > 0)),
    edges: traffic.edges(now),
  };
}

type Known = {
  readonly alarms: ReadonlyMap<string, NonNullable<NodeCounts['alarmState']>>;
  readonly environments: ReadonlyMap<string, readonly EnvironmentView[]>;
};

async function ownCounts(
  { kind, name }: TopologyNode,
  { queues, callAws }: CountPorts,
  { alarms, environments }: Known,
): Promise<NodeCounts> {
  switch (kind) {
    case 'queue':
    case 'dead-letter-queue': {
      const counts = queues.byName(name)?.counts();
      return counts === undefined ? {} : { ready: counts.ready, inFlight: counts.inFlight, delayed: counts.delayed };
    }
    case 'function':
      return { environments: environments.get(name)?.length ?? 0 };
    case 'table':
      return itemCount(name, callAws);
    case 'alarm': {
      const alarmState = alarms.get(name);
      return alarmState === undefined ? {} : { alarmState };
    }
    default:
      return {};
  }
}

/** As the engine counts them. A table that is being deleted has none. */
async function itemCount(TableName: string, callAws: CallAws): Promise<NodeCounts> {
  try {
    const { Table } = await callAws('dynamodb', 'DescribeTable', { TableName });
    const items = isJsonObject(Table) ? Table.ItemCount : undefined;
    return typeof items === 'number' ? { items } : {};
  } catch {
    return {};
  }
}

async function alarmStates(callAws: CallAws): Promise<Map<string, NonNullable<NodeCounts['alarmState']>>> {
  const answer = await callAws('monitoring', 'DescribeAlarms', {
    MaxRecords: 100,
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
  });
  const alarms = [answer.MetricAlarms ?? [], answer.CompositeAlarms ?? []].flat().filter(isJsonObject);
  return new Map(
    alarms.flatMap(({ AlarmName, StateValue }) =>
      StateValue === 'OK' || StateValue === 'ALARM' || StateValue === 'INSUFFICIENT_DATA'
        ? [[String(AlarmName), StateValue] as const]
        : [],
    ),
  );
}
