import { isJsonObject } from '../../core/json.ts';
import type { Counts, ExecutionEnvironmentView, NodeCounts, TopologyNode } from '../api-types.ts';
import type { CallAws } from '../aws/call-aws.ts';
import type { QueuesOfRegions } from '../routes/resource-routes.ts';
import type { Traffic } from './traffic.ts';

export type CountPorts = {
  readonly queues: Pick<QueuesOfRegions, 'byName'>;
  readonly environments: () => readonly ExecutionEnvironmentView[];
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
  const regionsWithAlarms = new Set(nodes.filter(({ kind }) => kind === 'alarm').map(({ region }) => region));
  const states = await Promise.all(Array.from(regionsWithAlarms, (region) => alarmStates(ports.callAws, region)));
  const alarms = new Map(states.flat());
  const environments = Map.groupBy(ports.environments(), ({ region, functionName }) => `${region} ${functionName}`);
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

type AlarmState = NonNullable<NodeCounts['alarmState']>;

type Known = {
  /** By ARN. */
  readonly alarms: ReadonlyMap<string, AlarmState>;
  /** By region and function. */
  readonly environments: ReadonlyMap<string, readonly ExecutionEnvironmentView[]>;
};

async function ownCounts(
  { id, kind, name, region }: TopologyNode,
  { queues, callAws }: CountPorts,
  { alarms, environments }: Known,
): Promise<NodeCounts> {
  switch (kind) {
    case 'queue':
    case 'dead-letter-queue': {
      const counts = queues.byName(name, region)?.counts();
      return counts === undefined ? {} : { ready: counts.ready, inFlight: counts.inFlight, delayed: counts.delayed };
    }
    case 'function':
      return { environments: environments.get(`${region} ${name}`)?.length ?? 0 };
    case 'table':
      return itemCount(name, region, callAws);
    case 'alarm': {
      const alarmState = alarms.get(id);
      return alarmState === undefined ? {} : { alarmState };
    }
    default:
      return {};
  }
}

/** As the engine counts them. A table that is being deleted has none. */
async function itemCount(TableName: string, region: string, callAws: CallAws): Promise<NodeCounts> {
  try {
    const { Table } = await callAws('dynamodb', 'DescribeTable', { TableName }, region);
    const items = isJsonObject(Table) ? Table.ItemCount : undefined;
    return typeof items === 'number' ? { items } : {};
  } catch {
    return {};
  }
}

async function alarmStates(callAws: CallAws, region: string): Promise<(readonly [arn: string, AlarmState])[]> {
  const input = { MaxRecords: 100, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
  const answer = await callAws('monitoring', 'DescribeAlarms', input, region);
  const alarms = [answer.MetricAlarms ?? [], answer.CompositeAlarms ?? []].flat().filter(isJsonObject);
  return alarms.flatMap(({ AlarmArn, StateValue }) =>
    StateValue === 'OK' || StateValue === 'ALARM' || StateValue === 'INSUFFICIENT_DATA'
      ? [[String(AlarmArn), StateValue] as const]
      : [],
  );
}
