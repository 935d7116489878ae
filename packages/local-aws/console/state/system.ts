import { computed, signal } from '@preact/signals';
import type {
  Counts,
  Fault,
  Faults,
  Info,
  LiveEvent,
  NodeCounts,
  Topology,
  TopologyNode,
  TraceSummary,
} from '../../src/console/api-types.ts';
import { read } from './api.ts';
import { followLive } from './live.ts';

/** What all screens know of the endpoint. It changes as the endpoint changes. */
export const info = signal<Info | undefined>(undefined);
export const topology = signal<Topology | undefined>(undefined);
export const counts = signal<Counts>({ nodes: {}, edges: {} });
export const faults = signal<readonly Fault[]>([]);
export const isConnected = signal(true);
export const isPaused = signal(false);
export const startFailure = signal<string | undefined>(undefined);

/** Grows when lists have to be read again: after a reset, a restored snapshot, or events that were missed. */
export const dataVersion = signal(0);

const nodesById = computed(() => new Map(topology.value?.nodes.map((node) => [node.id, node])));
export const nodeOf = (id: string | null): TopologyNode | undefined =>
  id === null ? undefined : nodesById.value.get(id);
export const countsOf = (id: string): NodeCounts => counts.value.nodes[id] ?? {};

type TraceListener = (traces: readonly TraceSummary[]) => void;
const listeners = new Set<TraceListener>();

/** Calls `listener` with traces that appear or change, unless the page is paused. */
export function onTraces(listener: TraceListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function togglePause(): void {
  isPaused.value = !isPaused.value;
  if (!isPaused.value) reloadData();
}

export function reloadData(): void {
  dataVersion.value += 1;
}

/** Reads what is there and follows what changes, as long as the page is open. */
export async function startSystem(): Promise<void> {
  followLive('', { onEvents: apply, onConnected: reconnect });
  try {
    await readAll();
  } catch (error) {
    startFailure.value = error instanceof Error ? error.message : String(error);
  }
}

async function readAll(): Promise<void> {
  const [newInfo, newTopology, newCounts] = await Promise.all([
    read<Info>('/info'),
    read<Topology>('/topology'),
    read<Counts>('/counts'),
  ]);
  info.value = newInfo;
  topology.value = newTopology;
  counts.value = newCounts;
  startFailure.value = undefined;
  if (newInfo.features.includes('faults')) await readFaults();
}

export async function readInfo(): Promise<void> {
  info.value = await read<Info>('/info');
}

export async function readFaults(): Promise<void> {
  faults.value = (await read<Faults>('/faults')).faults;
}

function reconnect(isUp: boolean): void {
  const wasUp = isConnected.value;
  isConnected.value = isUp;
  // The endpoint may have started anew, with other resources.
  if (isUp && !wasUp) void readAll().then(reloadData, () => {});
}

function apply(events: readonly LiveEvent[]): void {
  const traces: TraceSummary[] = [];
  for (const { event, data } of events) {
    if (event === 'trace') traces.push(data);
    if (event === 'counts') counts.value = merged(counts.value, data);
    if (event === 'topology') void read<Topology>('/topology').then((value) => (topology.value = value));
    if (event === 'gap') reloadData();
  }
  if (isPaused.value || traces.length === 0) return;
  for (const listener of listeners) listener(traces);
}

const merged = (before: Counts, change: Counts): Counts => ({
  nodes: { ...before.nodes, ...change.nodes },
  edges: { ...before.edges, ...change.edges },
});
