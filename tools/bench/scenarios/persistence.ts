import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { load } from '../load.ts';
import type { Measurement, Scenario } from '../report.ts';
import { type RunningEndpoint, runEndpoint, unthrottled } from '../running-endpoint.ts';

const rounds = 3;
const backlog = 50_000;
const probes = 300;

export const persistence: Scenario = {
  name: 'persistence',
  description: 'POST /users with --persist against without it, and a message with 50,000 queued against none',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-persist-'));
    const services = ['--services', 'users-async', ...unthrottled];
    const plain = await runEndpoint(...services);
    const kept = await runEndpoint('--persist', folder, ...services);
    try {
      const measurements = await compareThroughput(plain, kept);
      return [...measurements, ...(await compareBacklog(kept))];
    } finally {
      await Promise.all([plain.stop(), kept.stop()]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** In turns, so that both see the same machine. */
async function compareThroughput(plain: RunningEndpoint, kept: RunningEndpoint): Promise<Measurement[]> {
  const rates: Record<'plain' | 'kept', number[]> = { plain: [], kept: [] };
  const measure = async (endpoint: RunningEndpoint): Promise<number> => {
    const url = `${await endpoint.endpointOf('users-async')}/users`;
    const next = (index: number) => ({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `User ${index}`, email: `user${index}@example.com` }),
    });
    return (await load({ connections: 32, requests: 2000, expect: 202, next })).perSecond;
  };
  await measure(plain);
  await measure(kept);
  for (let round = 0; round < rounds; round += 1) {
    rates.plain.push(await measure(plain));
    rates.kept.push(await measure(kept));
  }
  const [without, withIt] = [Math.max(...rates.plain), Math.max(...rates.kept)];
  return [
    { name: 'POST /users without --persist', value: without, unit: '1/s' },
    { name: 'POST /users with --persist', value: withIt, unit: '1/s' },
    { name: 'with over without', value: withIt / without, unit: '×', target: { atLeast: 0.6 } },
  ];
}

async function compareBacklog(endpoint: RunningEndpoint): Promise<Measurement[]> {
  const sqs = new SQSClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'backlog' }));
    const MessageBody = 'x'.repeat(500);
    const probe = async () => {
      const before = usage(endpoint.pid);
      for (let index = 0; index < probes; index += 1) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      const after = usage(endpoint.pid);
      return { cpu: (after.cpu - before.cpu) / probes, kilobytes: (after.written - before.written) / 1024 / probes };
    };
    await probe();
    const few = await probe();
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody }));
    for (let sent = 0; sent < backlog; sent += 100) {
      await Promise.all(Array.from({ length: 10 }, () => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))));
    }
    const many = await probe();
    return [
      { name: 'CPU of a SendMessage, nothing queued', value: few.cpu, unit: 'ms' },
      { name: `CPU of a SendMessage, ${backlog} queued`, value: many.cpu, unit: 'ms' },
      { name: 'many over few', value: many.cpu / few.cpu, unit: '×', target: { atMost: 1.3 } },
      { name: 'written by a SendMessage, nothing queued', value: few.kilobytes, unit: 'kB' },
      { name: `written by a SendMessage, ${backlog} queued`, value: many.kilobytes, unit: 'kB' },
    ];
  } finally {
    sqs.destroy();
  }
}

/** Milliseconds of CPU and bytes written, as Linux counts them; zeros elsewhere. */
function usage(pid: number): { readonly cpu: number; readonly written: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const written = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1];
    return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, written: Number(written) };
  } catch {
    return { cpu: 0, written: 0 };
  }
}
