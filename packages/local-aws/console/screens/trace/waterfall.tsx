import { useMemo } from 'preact/hooks';
import type { Span } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Icon } from '../../parts/icon.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { formatDuration } from '../../state/format.ts';
import { isNarrow } from '../../state/viewport.ts';
import { spanDetail, spanTitle } from './span-names.ts';
import { type SpanRow, spanRows } from './span-tree.ts';
import { type TimeScale, timeScale } from './time-scale.ts';

type WaterfallProps = {
  readonly spans: readonly Span[];
  readonly selected: string | undefined;
  readonly onSelect: (spanId: string) => void;
  readonly folded: ReadonlySet<string>;
  readonly onFold: (spanId: string, isFolded: boolean) => void;
};

/** Every hop in its place and time. */
export function Waterfall({ spans, selected, onSelect, folded, onFold }: WaterfallProps) {
  const rows = useMemo(() => spanRows(spans, folded), [spans, folded]);
  const scale = useMemo(() => timeScale(spans), [spans]);
  const startUs = spans[0]?.startUs ?? 0;
  const endUs = useMemo(() => spans.reduce((end, span) => Math.max(end, span.startUs + span.durationUs), 0), [spans]);
  const columns = useMemo(
    (): readonly Column<SpanRow>[] => [
      {
        name: 'Span',
        width: isNarrow.value ? 'minmax(0, 3fr)' : 'minmax(280px, 8fr)',
        cell: (row) => <SpanName row={row} onFold={onFold} />,
      },
      {
        name: 'Duration',
        width: isNarrow.value ? '68px' : '80px',
        isNumber: true,
        cell: ({ span }) => (
          <span class="mono">{formatDuration(span.status === 'running' ? undefined : span.durationUs)}</span>
        ),
      },
      {
        name: 'Timeline',
        width: isNarrow.value ? 'minmax(0, 2fr)' : 'minmax(120px, 5fr)',
        head: <Axis scale={scale} startUs={startUs} endUs={endUs} />,
        cell: ({ span }) => <Bar span={span} scale={scale} />,
      },
    ],
    [scale, startUs, endUs, onFold, isNarrow.value],
  );
  return (
    <DataTable
      label="Spans"
      columns={columns}
      rows={rows}
      keyOf={({ span }) => span.spanId}
      selected={selected}
      onOpen={({ span }) => onSelect(span.spanId)}
      onRowKey={({ span }, key) => {
        if (key === 'ArrowLeft') onFold(span.spanId, true);
        if (key === 'ArrowRight') onFold(span.spanId, false);
      }}
      toneOf={({ span }) => (span.status === 'error' ? 'bad' : undefined)}
    />
  );
}

function SpanName({ row, onFold }: { readonly row: SpanRow; readonly onFold: WaterfallProps['onFold'] }) {
  const { span, depth, childCount, isFolded, position } = row;
  return (
    <span class="span-name" style={{ paddingLeft: `${Math.min(depth, 14) * (isNarrow.value ? 8 : 14)}px` }}>
      {childCount > 0 ? (
        <button
          type="button"
          class="span-fold"
          tabIndex={-1}
          aria-label={isFolded ? 'Unfold' : 'Fold'}
          aria-expanded={!isFolded}
          onClick={(event) => {
            event.stopPropagation();
            onFold(span.spanId, !isFolded);
          }}
        >
          <Icon name={isFolded ? 'chevron' : 'down'} size={12} />
        </button>
      ) : (
        <span class="span-fold" />
      )}
      <span class={`kind-dot kind-${span.kind}`} title={span.kind} />
      <span class="span-title">{spanTitle(span)}</span>
      {(span.status === 'error' || span.status === 'running') && <StatusMark status={span.status} hasText={false} />}
      {span.attempt > 1 && <Badge tone="warn">attempt {span.attempt}</Badge>}
      {span.attributes.isCold === true && <Badge tone="info">cold</Badge>}
      {position !== undefined && <Badge>{position}</Badge>}
      {isFolded && <span class="muted">+{childCount}</span>}
      <span class="span-detail truncate">{spanDetail(span)}</span>
    </span>
  );
}

function Bar({ span, scale }: { readonly span: Span; readonly scale: TimeScale }) {
  const from = scale.at(span.startUs);
  const to = scale.at(span.startUs + span.durationUs);
  return (
    <span class="track">
      {scale.gaps.map((gap) => (
        <span
          key={gap.fromUs}
          class="track-gap"
          style={{ left: percent(gap.from), width: percent(gap.to - gap.from) }}
        />
      ))}
      <span
        class={`bar kind-${span.kind} bar-${span.status}`}
        style={{ left: `min(${percent(from)}, 100% - 3px)`, width: `max(3px, ${percent(to - from)})` }}
      />
    </span>
  );
}

type AxisProps = { readonly scale: TimeScale; readonly startUs: number; readonly endUs: number };

function Axis({ scale, startUs, endUs }: AxisProps) {
  // More labels than that would cover each other, and the last one the end.
  const labelled = scale.gaps.length < 3 ? scale.gaps : [];
  const hasEnd = !labelled.some(({ to }) => to > 0.75);
  return (
    <span class="track axis">
      <span class="axis-start">0</span>
      {labelled.map((gap) => (
        <span
          key={gap.fromUs}
          class="axis-gap"
          style={{ left: percent((gap.from + gap.to) / 2) }}
          title={`Nothing ran for ${formatDuration(gap.toUs - gap.fromUs)}`}
        >
          ⋯ {formatDuration(gap.toUs - gap.fromUs)}
        </span>
      ))}
      {hasEnd && <span class="axis-end">{formatDuration(endUs - startUs)}</span>}
    </span>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
