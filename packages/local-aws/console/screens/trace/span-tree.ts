import type { Span } from '../../../src/console/api-types.ts';

/** A span in its place below what caused it. */
export type SpanRow = {
  readonly span: Span;
  readonly depth: number;
  readonly childCount: number;
  readonly isFolded: boolean;
  /** Of a batch: `1 of 10`. */
  readonly position: string | undefined;
};

/**
 * The spans as a tree, depth first. A batch has no parent, because its messages come from several requests: it stands
 * below the span that sent the message.
 */
export function spanRows(spans: readonly Span[], folded: ReadonlySet<string>): readonly SpanRow[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string | null, Span[]>();
  for (const span of spans) {
    const parent = parentOf(span, known);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const rows: SpanRow[] = [];
  const placed = new Set<string>();
  // A stack of its own: a trace can be deeper than the call stack.
  const stack: { span: Span; depth: number }[] = (children.get(null) ?? [])
    .map((span) => ({ span, depth: 0 }))
    .reverse();
  while (true) {
    const next = stack.pop();
    if (next === undefined) return rows;
    const { span, depth } = next;
    if (placed.has(span.spanId)) continue;
    placed.add(span.spanId);
    const below = children.get(span.spanId) ?? [];
    const isFolded = folded.has(span.spanId);
    rows.push({ span, depth, childCount: below.length, isFolded, position: positionOf(span, known) });
    if (!isFolded) for (const child of below.toReversed()) stack.push({ span: child, depth: depth + 1 });
  }
}

function parentOf(span: Span, known: ReadonlySet<string>): string | null {
  if (span.parentId !== null && known.has(span.parentId)) return span.parentId;
  const link = span.links.find(({ spanId }) => known.has(spanId) && spanId !== span.spanId);
  return link?.spanId ?? null;
}

function positionOf({ links, attributes }: Span, known: ReadonlySet<string>): string | undefined {
  const size = attributes.batchSize;
  if (typeof size !== 'number' || size < 2) return undefined;
  const mine = links.filter(({ spanId }) => known.has(spanId));
  const [first] = mine;
  if (mine.length !== 1 || first?.index === undefined) return `${Math.max(1, mine.length)} of ${size}`;
  return `${first.index + 1} of ${size}`;
}
