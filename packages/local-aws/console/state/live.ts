import type { LiveEvent } from '../../src/console/api-types.ts';
import { open } from './api.ts';
import { readEvents } from './read-events.ts';

type Handlers = {
  /** Called with the events of a moment together. */
  readonly onEvents: (events: readonly LiveEvent[]) => void;
  readonly onConnected?: (isConnected: boolean) => void;
};

const flushMs = 100;
const names: ReadonlySet<string> = new Set<LiveEvent['event']>(['trace', 'span', 'log', 'counts', 'topology', 'gap']);
const isName = (name: string): name is LiveEvent['event'] => names.has(name);

/**
 * Follows what the endpoint sends until the answer is called. It connects again when the connection ends, and goes on
 * after the last event that it saw. EventSource cannot send the token, so this reads the stream by itself.
 */
export function followLive(query: string, { onEvents, onConnected }: Handlers): () => void {
  const abort = new AbortController();
  let pending: LiveEvent[] = [];
  let lastId = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const events = pending;
    pending = [];
    if (!abort.signal.aborted) onEvents(events);
  };
  const connect = async (): Promise<void> => {
    const response = await open(`/live${query}`, lastId === '' ? {} : { 'last-event-id': lastId }, abort.signal);
    if (!response.ok || response.body === null) throw new Error(`The live stream answered ${response.status}`);
    onConnected?.(true);
    for await (const { id, event, data } of readEvents(response.body)) {
      if (id !== '') lastId = id;
      if (!isName(event)) continue;
      pending.push({ event, data: JSON.parse(data) });
      timer ??= setTimeout(flush, flushMs);
    }
  };
  const run = async (): Promise<void> => {
    let waitMs = 500;
    while (!abort.signal.aborted) {
      const startedAt = performance.now();
      await connect().catch(() => {});
      if (abort.signal.aborted) return;
      onConnected?.(false);
      waitMs = performance.now() - startedAt > 5000 ? 500 : Math.min(waitMs * 2, 5000);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  };
  void run();
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
