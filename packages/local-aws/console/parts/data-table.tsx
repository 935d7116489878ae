import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isNarrow } from '../state/viewport.ts';

export type Column<Row> = {
  readonly name: string;
  /** A track of CSS grid: `120px`, `minmax(160px, 1fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What the head shows in place of the name. */
  readonly head?: ComponentChildren;
  readonly isNumber?: boolean;
  /** Left out where the page is narrow. */
  readonly isExtra?: boolean;
};

type TableProps<Row> = {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Called with further keys that are pressed on a row. */
  readonly onRowKey?: (row: Row, key: string) => void;
  readonly selected?: string | undefined;
  readonly toneOf?: (row: Row) => 'bad' | undefined;
  readonly empty?: ComponentChildren;
  /** Keeps the first or the last row in view when rows come. */
  readonly follow?: 'start' | 'end' | undefined;
  /** A person scrolled away from the rows that are followed. */
  readonly onScrollAway?: () => void;
  /** The last rows are in view. */
  readonly onEnd?: () => void;
};

const rowHeight = 32;
const spareRows = 12;
const stepHeight = 6 * rowHeight;

/** A table of any length: only the rows in view exist. Arrow keys move between the rows, Enter opens one. */
export function DataTable<Row>(props: TableProps<Row>) {
  const { label, rows, keyOf, onOpen, selected, toneOf, empty, follow } = props;
  const columns = props.columns.filter(({ isExtra }) => !(isExtra && isNarrow.value));
  const body = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const anchor = useRef<string | undefined>(undefined);

  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Rows that arrive above the view do not move what a person reads.
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return;
    if (follow !== undefined) {
      element.scrollTop = follow === 'end' ? element.scrollHeight : 0;
      return;
    }
    if (element.scrollTop < rowHeight || anchor.current === undefined) return;
    const index = rows.findIndex((row) => keyOf(row) === anchor.current);
    const shown = Math.floor(element.scrollTop / rowHeight);
    if (index >= 0 && index !== shown) element.scrollTop += (index - shown) * rowHeight;
  }, [rows, follow]);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - spareRows);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + spareRows);
  const visible = rows.slice(first, last);
  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  const current = focused ?? selected;
  const tabStop = visible.some((row) => keyOf(row) === current) ? current : visible[0] && keyOf(visible[0]);

  const moveTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    const element = body.current;
    if (row === undefined || element === null) return;
    const top = rows.indexOf(row) * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
    setView({ top: element.scrollTop, height: element.clientHeight });
    setFocused(keyOf(row));
    requestAnimationFrame(() => element.querySelector<HTMLElement>('[data-focus="true"]')?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = rows.findIndex((row) => keyOf(row) === current);
    const row = rows[index];
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      moveTo(target);
    } else if (row !== undefined) props.onRowKey?.(row, event.key);
  };
  const onScroll = ({ currentTarget: element }: { readonly currentTarget: HTMLElement }): void => {
    const top = rows[Math.floor(element.scrollTop / rowHeight)];
    anchor.current = top && keyOf(top);
    // The spare rows cover what is scrolled between two renderings.
    const seen = Math.floor(element.scrollTop / stepHeight) * stepHeight;
    if (seen !== view.top || element.clientHeight !== view.height) setView({ top: seen, height: element.clientHeight });
    const toEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    if (toEnd < 10 * rowHeight) props.onEnd?.();
    const away = follow === 'end' ? toEnd : element.scrollTop;
    if (follow !== undefined && away > 2 * rowHeight) props.onScrollAway?.();
  };

  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a <table> cannot leave out the rows that are not in view.
    // biome-ignore-start lint/a11y/useFocusableInteractive: the rows have the focus, not their parts.
    <div class="data-table" role="grid" aria-label={label} aria-rowcount={rows.length + 1}>
      <div class="data-head" role="row" aria-rowindex={1} style={template}>
        {columns.map(({ name, head, isNumber }) => (
          <span key={name} role="columnheader" class={isNumber ? 'number' : ''}>
            {head ?? name}
          </span>
        ))}
      </div>
      {rows.length === 0 && empty !== undefined && <div class="data-empty">{empty}</div>}
      <div
        class="data-body"
        role="rowgroup"
        ref={body}
        hidden={rows.length === 0 && empty !== undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div class="data-space" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
          {visible.map((row, offset) => {
            const key = keyOf(row);
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={first + offset + 2}
                aria-selected={key === selected}
                data-focus={key === focused}
                class={`data-row${onOpen ? ' is-link' : ''}${toneOf?.(row) === 'bad' ? ' is-bad' : ''}`}
                style={{ ...template, transform: `translateY(${(first + offset) * rowHeight}px)` }}
                tabIndex={key === tabStop ? 0 : -1}
                onFocus={() => setFocused(key)}
                onClick={() => onOpen?.(row)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
                  event.preventDefault();
                  onOpen?.(row);
                }}
              >
                {columns.map(({ name, cell, isNumber }) => (
                  <span key={name} role="gridcell" class={`data-cell${isNumber ? ' number' : ''}`}>
                    {cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above.
    // biome-ignore-end lint/a11y/useSemanticElements: as above.
  );
}
