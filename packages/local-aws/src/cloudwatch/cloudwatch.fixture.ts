import { CloudWatch as CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { LogEvent, LogSink } from '../core/log-sink.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch.ts';

type Notification = { readonly topicArn: string; readonly subject: string; readonly message: string };

export const topicArn = 'arn:aws:sns:us-east-1:000000000000:monitoring';

export type CloudWatchFixture = AsyncDisposable & {
  readonly clock: ManualClock;
  readonly cloudwatch: CloudWatch;
  readonly client: CloudWatchClient;
  readonly endpoint: string;
  readonly notifications: readonly Notification[];
  /** Appends to a log group, at the clock's time. */
  log(group: string, ...messages: string[]): void;
};

/** CloudWatch behind a real port, on a clock that starts on a full minute and moves only when told to. */
export async function startCloudWatch(state: StateStore = noStateStore): Promise<CloudWatchFixture> {
  const clock = new ManualClock();
  const listeners: Parameters<LogSink['onAppend']>[0][] = [];
  const append = (group: string, stream: string, events: readonly LogEvent[]): void => {
    for (const listener of listeners) listener(group, stream, events);
  };
  const notifications: Notification[] = [];
  const cloudwatch = createCloudWatch({
    clock,
    state,
    logs: { append, onAppend: (listener) => void listeners.push(listener) },
    logGroups: { has: (name) => name !== 'missing', onDelete: () => {} },
    notify: async ({ topicArn, subject, message }) => {
      if (topicArn.endsWith(':gone')) throw new Error('Topic does not exist');
      notifications.push({ topicArn, subject, message });
    },
    region: 'us-east-1',
  });
  const edge = await startEdge({
    port: 0,
    apis: { monitoring: cloudwatch.api, logs: jsonApi('logs', '1.1', cloudwatch.metricFilters.actions) },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => {
      throw error;
    },
  });
  const endpoint = `http://127.0.0.1:${edge.port}`;
  const client = new CloudWatchClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    clock,
    cloudwatch,
    client,
    endpoint,
    notifications,
    log: (group, ...messages) =>
      append(
        group,
        'stream',
        messages.map((message) => ({ timestamp: clock.now(), message })),
      ),
    async [Symbol.asyncDispose]() {
      client.destroy();
      cloudwatch.close();
      await edge.close();
    },
  };
}
