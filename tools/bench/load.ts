import { Agent, type IncomingMessage, request } from 'node:http';

export type LoadOptions = {
  readonly connections: number;
  readonly requests: number;
  /** Called for each request, so that bodies and paths may differ. */
  readonly next: (index: number) => {
    readonly method: string;
    readonly url: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  /** Statuses that count as success. */
  readonly expect: number;
};

export type LoadResult = {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
};

/** Sends `requests` requests over `connections` keep-alive connections and times each from write to last byte. */
export async function load({ connections, requests, next, expect }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const durations: number[] = [];
  let index = 0;
  const worker = async (): Promise<void> => {
    while (index < requests) {
      const { method, url, headers = {}, body } = next(index++);
      const began = performance.now();
      const status = await send(agent, method, url, headers, body);
      durations.push(performance.now() - began);
      if (status !== expect) throw new Error(`${method} ${url} answered ${status}, expected ${expect}`);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = performance.now() - began;
  agent.destroy();
  durations.sort((a, b) => a - b);
  return { p50: percentile(durations, 0.5), p99: percentile(durations, 0.99), perSecond: requests / (elapsed / 1000) };
}

type Request = ReturnType<LoadOptions['next']>;

/**
 * Sends requests in pairs over one connection each, and times both. Which of a pair comes first changes each time, so
 * that what else happens on the machine falls on both alike.
 *
 * @returns durations in milliseconds, in ascending order
 */
export async function sendPaired({
  requests,
  expect,
  first,
  second,
}: {
  readonly requests: number;
  readonly expect: number;
  readonly first: (index: number) => Request;
  readonly second: (index: number) => Request;
}): Promise<{ readonly first: readonly number[]; readonly second: readonly number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const durations = { first: [] as number[], second: [] as number[] };
  const time = async (side: 'first' | 'second', { method, url, headers = {}, body }: Request): Promise<void> => {
    const began = performance.now();
    const status = await send(agent, method, url, headers, body);
    durations[side].push(performance.now() - began);
    if (status !== expect) throw new Error(`${method} ${url} answered ${status}, expected ${expect}`);
  };
  for (let index = 0; index < requests; index += 1) {
    if (index % 2 === 0) {
      await time('first', first(index));
      await time('second', second(index));
    } else {
      await time('second', second(index));
      await time('first', first(index));
    }
  }
  agent.destroy();
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
  return { first: sorted(durations.first), second: sorted(durations.second) };
}

function send(
  agent: Agent,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (incoming: IncomingMessage) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Of values sorted in ascending order. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
