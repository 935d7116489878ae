import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatTime } from '../state/format.ts';
import { theme } from '../state/theme.ts';

export type Series = { readonly label: string; readonly values: readonly (number | null)[]; readonly color?: string };

type ChartProps = {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly height?: number;
  /** What the time axis shows, in seconds since 1970; by default from the first value to the last. */
  readonly range?: readonly [from: number, to: number];
  /** A line across the chart, such as the threshold of an alarm. */
  readonly threshold?: number | undefined;
};

const timeOfDay = (seconds: number): string => formatTime(seconds * 1000).slice(0, 5);

const palette = ['#5353d1', '#d9822b', '#1f9a8a', '#b4467d', '#3b82c4', '#8a8f2b'];

/** Lines over time. */
export function Chart({ label, times, series, height = 160, threshold, range }: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const colors = theme.value;
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const axis = { stroke: style.color, grid: { stroke: style.borderColor, width: 1 }, ticks: { show: false } };
    const limit = threshold === undefined ? [] : [{ label: 'threshold', values: times.map(() => threshold) }];
    const lines = [...series, ...limit];
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: lines.length > 1 },
        cursor: { y: false, points: { size: 6 } },
        axes: [
          { ...axis, space: 80, font: '11px system-ui', values: (_, times) => times.map(timeOfDay) },
          { ...axis, size: 48, font: '11px system-ui' },
        ],
        scales: {
          ...(range !== undefined && { x: { range: (): [number, number] => [range[0], range[1]] } }),
          y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 0) * 1.1)] },
        },
        series: [
          {},
          ...lines.map(({ label }, index) => {
            const isLimit = index >= series.length;
            const stroke = isLimit ? '#d2464e' : (series[index]?.color ?? palette[index % palette.length] ?? '#5353d1');
            return {
              label,
              stroke,
              width: 1.5,
              ...(isLimit ? { dash: [5, 4] } : { fill: `${stroke}1c` }),
              points: { show: times.length < 30 && !isLimit },
            };
          }),
        ],
      },
      [times.slice(), ...lines.map(({ values }) => values.slice())],
      element,
    );
    // A legend of many lines scrolls, for which it needs the focus.
    plot.root.querySelector('.u-legend')?.setAttribute('tabindex', '0');
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, series, height, threshold, range, colors]);
  return <div ref={root} class="chart" role="img" aria-label={label} style={{ minHeight: `${height}px` }} />;
}
