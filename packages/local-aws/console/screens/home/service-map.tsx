import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Topology } from '../../../src/console/api-types.ts';
import { Icon } from '../../parts/icon.tsx';
import { nodeFigure } from '../../state/node-figure.ts';
import { iconOfKind, kindLabel, nodeHref, shortName } from '../../state/nodes.ts';
import { counts, countsOf } from '../../state/system.ts';
import { layOut, nodeSize, type PlacedEdge, type PlacedNode, type Point } from './map-layout.ts';
import { mapModel } from './map-model.ts';

type MapProps = {
  readonly topology: Topology;
  readonly stack: string | undefined;
  readonly isGrouped: boolean;
  readonly onUngroup: () => void;
};

const minScale = 0.72;
const litMs = 2500;

/** What leads from one resource to the next, with the traffic of now. */
export function ServiceMap({ topology, stack, isGrouped, onUngroup }: MapProps) {
  const root = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth - 32));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const map = useMemo(
    () => layOut(mapModel(topology, { stack, isGrouped }), Math.max(width, 600)),
    [topology, stack, isGrouped, width],
  );
  const lit = useLitEdges();
  const scale = width === 0 ? 1 : Math.min(1, Math.max(minScale, width / map.width));
  return (
    <section class="map" ref={root} aria-label="Map of the resources">
      {width > 0 && (
        <svg width={map.width * scale} height={map.height * scale} viewBox={`0 0 ${map.width} ${map.height}`}>
          <title>Resources, from left to right as they call each other</title>
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M1 1 7 4 1 7" class="map-arrow" />
            </marker>
          </defs>
          {map.edges.map((edge) => (
            <Arrow key={`${edge.from} ${edge.to}`} edge={edge} isLit={edge.edgeIds.some((id) => lit.has(id))} />
          ))}
          {map.nodes.map((node) => (
            <Box key={node.id} node={node} onUngroup={onUngroup} />
          ))}
        </svg>
      )}
    </section>
  );
}

function Arrow({ edge, isLit }: { readonly edge: PlacedEdge; readonly isLit: boolean }) {
  const recent = edge.edgeIds.reduce((sum, id) => sum + (counts.value.edges[id]?.lastMinute ?? 0), 0);
  const look = isLit ? 'is-lit' : recent > 0 ? 'is-recent' : edge.isUsed ? 'is-used' : 'is-unused';
  return (
    <path d={curve(edge.points)} class={`map-edge map-edge-${edge.kind} ${look}`} marker-end="url(#arrow)">
      <title>{`${edge.kind}, ${recent} in the last minute`}</title>
    </path>
  );
}

function Box({ node, onUngroup }: { readonly node: PlacedNode; readonly onUngroup: () => void }) {
  const [first] = node.members;
  if (first === undefined) return null;
  const isGroup = node.members.length > 1;
  const name = isGroup ? `${node.members.length} functions` : shortName(first);
  const { text, isBad } = nodeFigure(
    node.members.map(({ id }) => countsOf(id)),
    node.kind,
  );
  const whole = isGroup
    ? node.members.map(shortName).join(', ')
    : `${kindLabel(node.kind)} ${first.name}, ${node.stack}`;
  return (
    <a
      href={nodeHref(first)}
      // An <a> of SVG, which has no type of its own.
      {...{ transform: `translate(${node.x} ${node.y})` }}
      class={`map-node map-node-${node.kind}${isBad ? ' is-bad' : ''}${isGroup ? ' is-group' : ''}`}
      onClick={(event) => {
        if (!isGroup) return;
        event.preventDefault();
        onUngroup();
      }}
    >
      <title>{text === '' ? whole : `${whole}: ${text}`}</title>
      {isGroup && (
        <rect x="4" y="4" width={nodeSize.width} height={nodeSize.height} rx="8" class="map-box map-box-behind" />
      )}
      <rect width={nodeSize.width} height={nodeSize.height} rx="8" class="map-box" />
      <g transform="translate(10 13)" class="map-icon">
        <Icon name={iconOfKind(node.kind)} />
      </g>
      <text x="34" y="18" class="map-name">
        {shortened(name, 17)}
      </text>
      <text x="34" y="33" class="map-note">
        {shortened(serviceOf(node.stack), Math.max(4, 19 - text.length))}
      </text>
      <text x={nodeSize.width - 10} y="33" text-anchor="end" class={`map-figure${isBad ? ' is-bad' : ''}`}>
        {text}
      </text>
    </a>
  );
}

/** The edges over which something went in the last moments. */
function useLitEdges(): ReadonlySet<string> {
  const [lit, setLit] = useState<ReadonlySet<string>>(new Set());
  const seen = useRef<ReadonlyMap<string, number> | undefined>(undefined);
  const { edges } = counts.value;
  useEffect(() => {
    const before = seen.current;
    seen.current = new Map(Object.entries(edges).map(([id, { lastAt }]) => [id, lastAt]));
    if (before === undefined) return;
    const changed = Object.entries(edges).filter(([id, { lastAt }]) => lastAt > (before.get(id) ?? 0));
    if (changed.length === 0) return;
    const ids = changed.map(([id]) => id);
    setLit((now) => new Set([...now, ...ids]));
    // The timer outlives this effect: the next counts must not keep these edges lit.
    setTimeout(() => setLit((now) => new Set([...now].filter((id) => !ids.includes(id)))), litMs);
  }, [edges]);
  return lit;
}

function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

const serviceOf = (stack: string): string => stack.replace(/-[^-]+$/, '');
