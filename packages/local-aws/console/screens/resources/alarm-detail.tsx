import type { TopologyNode } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Chart } from '../../parts/chart.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { aws } from '../../state/api.ts';
import { info } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { readMetrics } from './metric-data.ts';

type Alarm = {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly StateReason: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Threshold?: number;
};

const tones = { OK: 'ok', ALARM: 'bad', INSUFFICIENT_DATA: 'neutral' } as const;

export function AlarmDetail({ node }: { readonly node: TopologyNode }) {
  const loaded = useData(
    `alarm ${node.id}`,
    () =>
      aws<{ MetricAlarms?: readonly Alarm[] }>(node.region, 'monitoring', 'DescribeAlarms', {
        AlarmNames: [node.physicalId],
      }),
    5000,
  );
  return (
    <LoadedView loaded={loaded}>
      {({ MetricAlarms = [] }) => {
        const [alarm] = MetricAlarms;
        return alarm === undefined ? (
          <Empty icon="alarm" title="There is no such alarm" />
        ) : (
          <div class="details-pad">
            <p class="decision-head">
              <Badge tone={tones[alarm.StateValue]}>{alarm.StateValue.replaceAll('_', ' ')}</Badge>
              <span>{alarm.StateReason}</span>
            </p>
            {alarm.AlarmDescription !== undefined && <p class="muted">{alarm.AlarmDescription}</p>}
            {alarm.MetricName !== undefined && <AlarmChart alarm={alarm} region={node.region} />}
            <h2>Settings</h2>
            <JsonView value={alarm} />
          </div>
        );
      }}
    </LoadedView>
  );
}

function AlarmChart({ alarm, region }: { readonly alarm: Alarm; readonly region: string }) {
  const name = alarm.MetricName ?? '';
  const loaded = useData(
    `metric of ${region} ${alarm.AlarmName}`,
    () =>
      readMetrics(
        region,
        [
          {
            label: name,
            namespace: alarm.Namespace ?? '',
            name,
            dimensions: Object.fromEntries(alarm.Dimensions?.map(({ Name, Value }) => [Name, Value]) ?? []),
            statistic: alarm.Statistic ?? alarm.ExtendedStatistic ?? 'Sum',
            period: alarm.Period ?? 60,
          },
        ],
        Date.now() + (info.value?.clock.offsetMs ?? 0),
      ),
    10_000,
  );
  return (
    <LoadedView loaded={loaded}>
      {({ times, series, range }) =>
        times.length === 0 ? (
          <p class="muted">{name} has no values in the last three hours.</p>
        ) : (
          <Chart label={`${name} over time`} times={times} series={series} range={range} threshold={alarm.Threshold} />
        )
      }
    </LoadedView>
  );
}
