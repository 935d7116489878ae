import type { Span } from '../api-types.ts';
import type { StoredSpan } from './stored.ts';

/**
 * A span as the table holds it: lists and objects are texts, which the thread that stores them need not parse. One text
 * for a whole batch costs that thread half as much again.
 */
export type SpanRow = Omit<StoredSpan, 'links' | 'iam' | 'attributes' | 'error'> & {
  readonly links: string;
  readonly iam: string;
  readonly attributes: string;
  readonly error: string | null;
  /** The other traces that the span continues. */
  readonly linkedTraceIds: readonly string[];
  readonly httpStatus: number | null;
};

export function rowOf({ links, iam, attributes, error, ...span }: StoredSpan): SpanRow {
  const { httpStatus } = attributes;
  return {
    ...span,
    links: textOf(links),
    iam: textOf(iam),
    attributes: JSON.stringify(attributes),
    error: error === null ? null : JSON.stringify(error),
    linkedTraceIds: links.map(({ traceId }) => traceId).filter((traceId) => traceId !== span.traceId),
    httpStatus: typeof httpStatus === 'number' ? httpStatus : null,
  };
}

/** Without the payloads, for those who follow. */
export function spanWithoutPayloads(row: SpanRow): Omit<Span, 'input' | 'output'> {
  const { input: _input, output: _output, stack: _stack, isKnown: _isKnown, linkedTraceIds, httpStatus, ...span } = row;
  return {
    ...span,
    links: JSON.parse(row.links),
    iam: JSON.parse(row.iam),
    attributes: JSON.parse(row.attributes),
    error: row.error === null ? null : JSON.parse(row.error),
  };
}

/** Most are empty. */
function textOf(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(list);
}
