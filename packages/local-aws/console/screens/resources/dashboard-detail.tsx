import type { TopologyNode } from '../../../src/console/api-types.ts';
import { Chart } from '../../parts/chart.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { aws } from '../../state/api.ts';
import { info } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { readDashboard, type Widget } from './dashboard-widgets.ts';
import { readMetrics } from './metric-data.ts';

export function DashboardDetail({ node }: { readonly node: TopologyNode }) {
  const loaded = useData(`dashboard ${node.id}`, () =>
    aws<{ DashboardBody: string }>(node.region, 'monitoring', 'GetDashboard', { DashboardName: node.physicalId }),
  );
  return (
    <LoadedView loaded={loaded}>
      {({ DashboardBody }) => {
        const widgets = readDashboard(DashboardBody);
        if (widgets.length === 0) return <Empty icon="chart" title="The dashboard has no widgets" />;
        return (
          <div class="widgets">
            {widgets.map((widget, index) => (
              <WidgetView key={`${index}-${widget.title}`} widget={widget} region={node.region} />
            ))}
          </div>
        );
      }}
    </LoadedView>
  );
}

/** @param region of the dashboard's stack, for metrics of widgets that name none */
function WidgetView({ widget, region }: { readonly widget: Widget; readonly region: string }) {
  return (
    <section
      class="widget"
      aria-label={widget.title}
      style={{ gridColumn: `span ${widget.width}`, minHeight: `${Math.max(2, widget.height) * 40}px` }}
    >
      {widget.title !== '' && <h3>{widget.title}</h3>}
      {widget.type === 'metric' && <MetricWidget widget={widget} region={widget.region || region} />}
      {widget.type === 'text' && <p class="widget-text">{widget.text.replace(/^#+ */gm, '')}</p>}
      {widget.type === 'other' && <JsonView value={widget.properties} />}
    </section>
  );
}

type MetricWidgetProps = { readonly widget: Extract<Widget, { type: 'metric' }>; readonly region: string };

function MetricWidget({ widget, region }: MetricWidgetProps) {
  const loaded = useData(
    `widget ${region} ${widget.title} ${JSON.stringify(widget.metrics)}`,
    () => readMetrics(region, widget.metrics, Date.now() + (info.value?.clock.offsetMs ?? 0)),
    10_000,
  );
  return (
    <LoadedView loaded={loaded}>
      {({ times, series, range }) =>
        times.length === 0 ? (
          <p class="muted">No values in the last three hours.</p>
        ) : (
          <Chart
            label={widget.title}
            times={times}
            series={series}
            range={range}
            height={Math.max(120, widget.height * 40 - 60)}
          />
        )
      }
    </LoadedView>
  );
}
