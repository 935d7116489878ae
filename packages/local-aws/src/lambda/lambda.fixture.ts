import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { createCloudWatch } from '../cloudwatch/cloudwatch.ts';
import { anyKey } from '../core/any-key.fixture.ts';
import { AwsError } from '../core/aws-error.ts';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LogSink } from '../core/log-sink.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { createLambda, type Lambda } from './lambda.ts';

type Delivery = Parameters<DeliverMessage>[0];

export const role = 'arn:aws:iam::000000000000:role/test-role';

export type Fixture = {
  readonly client: LambdaClient;
  readonly metrics: CloudWatchClient;
  readonly lambda: Lambda;
  readonly clock: ManualClock;
  readonly url: string;
  /** All log messages so far, by group. */
  readonly logs: ReadonlyMap<string, string[]>;
  readonly deliveries: Delivery[];
  /** ARNs that refuse deliveries, and what they refused. */
  readonly closed: Set<string>;
  readonly refusals: Delivery[];
  /** Objects that functions can be made from, by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** Makes a function of `code` as the file index.js, or of several files. */
  define(name: string, code: string | Record<string, string>, settings?: Record<string, unknown>): Promise<void>;
  /** Invokes and reads the answer. */
  call(name: string, event?: unknown): Promise<Called>;
};

export type Called = {
  readonly status: number | undefined;
  readonly payload: unknown;
  readonly error: string | undefined;
  readonly log: string;
};

export function zip(files: Record<string, string>): Buffer {
  const contents = Object.entries(files).map(([name, text]): [string, Uint8Array] => [name, strToU8(text)]);
  return Buffer.from(zipSync(Object.fromEntries(contents), { mtime: '2026-01-01' }));
}

/** Lambda behind an edge on a free port, with a clock that only the test moves. */
export async function startLambda(
  context: TestContext,
  options: { maxEnvironments?: number; idleMemoryBytes?: number; state?: StateStore } = {},
): Promise<Fixture> {
  const clock = new ManualClock();
  const credentials = new CredentialStore();
  const logs = new Map<string, string[]>();
  const deliveries: Delivery[] = [];
  const closed = new Set<string>();
  const refusals: Delivery[] = [];
  const objects = new Map<string, Buffer>();
  const sink: LogSink = {
    append(group, _stream, events) {
      logs.set(group, [...(logs.get(group) ?? []), ...events.map(({ message }) => message)]);
    },
    onAppend: () => {},
  };
  let url = '';
  const cloudWatch = createCloudWatch({
    clock,
    state: noStateStore,
    logs: sink,
    logGroups: { has: () => true, onDelete: () => {} },
    notify: () => Promise.reject(new Error('no alarms here')),
    region: 'us-east-1',
  });
  const lambda = createLambda({
    region: 'us-east-1',
    clock,
    state: options.state ?? noStateStore,
    logs: sink,
    credentials,
    endpointUrl: () => url,
    fetchObject: async (bucket, key) => {
      const object = objects.get(`${bucket}/${key}`);
      if (object === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return object;
    },
    async deliver(delivery) {
      const { destinationArn: functionName, body: payload, principal } = delivery;
      if (closed.has(functionName)) {
        refusals.push(delivery);
        throw new AwsError('AccessDenied', 'no identity-based policy allows it', 403);
      }
      if (!functionName.includes(':lambda:')) deliveries.push(delivery);
      else await lambda.invoker.invoke({ functionName, type: 'Event', payload, principal });
    },
    mayWriteLog: () => true,
    mayAssume: () => true,
    keys: anyKey,
    onMetric: (name, value, dimensions, unit, timestamp) =>
      cloudWatch.putMetric('AWS/Lambda', name, dimensions, value, unit, timestamp),
    onError: (error) => assert.fail(String(error)),
    ...(options.maxEnvironments === undefined ? {} : { maxEnvironments: options.maxEnvironments }),
    ...(options.idleMemoryBytes === undefined ? {} : { idleMemoryBytes: options.idleMemoryBytes }),
  });
  const edge = await startEdge({
    port: 0,
    apis: { lambda: lambda.api, monitoring: cloudWatch.api },
    frontends: [],
    pages: {},
    credentials,
    clock,
    onError: (error) => assert.fail(String(error)),
  });
  url = `http://127.0.0.1:${edge.port}`;
  const config = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const client = new LambdaClient(config);
  const metrics = new CloudWatchClient(config);
  context.after(async () => {
    client.destroy();
    metrics.destroy();
    cloudWatch.close();
    await edge.close();
    await lambda.close();
  });

  return {
    client,
    metrics,
    lambda,
    clock,
    url,
    logs,
    deliveries,
    closed,
    refusals,
    objects,
    async define(name, code, settings = {}) {
      await client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: role,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: zip(typeof code === 'string' ? { 'index.js': code } : code) },
          ...settings,
        }),
      );
    },
    async call(name, event = {}) {
      const answer = await client.send(
        new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: 'Tail' }),
      );
      return {
        status: answer.StatusCode,
        payload: JSON.parse(answer.Payload?.transformToString() ?? 'null'),
        error: answer.FunctionError,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
      };
    },
  };
}

/** Holds up the functions whose code awaits `wait`, until the test lets them go on. */
export type Gate = {
  /** An expression for the code of a function. */
  readonly wait: string;
  /** How many functions wait now. */
  waiting(): number;
  /** Releases the functions that wait, and those that come later. */
  open(): void;
};

export async function startGate(context: TestContext): Promise<Gate> {
  const held: ServerResponse[] = [];
  let isOpen = false;
  const server = createServer((_, response) => {
    if (isOpen) response.end();
    else held.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    wait: `fetch('http://127.0.0.1:${port}').then(() => {})`,
    waiting: () => held.length,
    open() {
      isOpen = true;
      for (const response of held.splice(0)) response.end();
    },
  };
}
