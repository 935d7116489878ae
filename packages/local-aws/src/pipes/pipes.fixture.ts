import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PipesClient } from '@aws-sdk/client-pipes';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsApi } from '../core/aws-api.ts';
import { awsClient } from '../core/aws-client.ts';
import { systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { deliverByArn } from '../core/deliver-by-arn.ts';
import type { InvokeRequest, InvokeResult, LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogEvent } from '../core/log-sink.ts';
import { noStateStore } from '../core/state-store.ts';
import { startDynamoDb } from '../dynamodb/start-dynamodb.ts';
import { dispatcher, startEdge } from '../edge/server.ts';
import { startMessaging } from '../event-sources/messaging.fixture.ts';
import { watchTableWrites } from '../event-sources/watch-table-writes.ts';
import { createPipes } from './pipes.ts';

type Answer = { payload?: unknown; functionError?: 'Unhandled' };
/** By name; each takes the parsed payload. Throwing refuses the invocation. */
export type Functions = Record<string, (payload: unknown) => Promise<Answer> | Answer>;

/** Pipes between real queues, topics and tables, and functions in process. */
export async function startPipes(functions: Functions, { withDynamoDb = false } = {}) {
  const messaging = await startMessaging();
  const onError = (error: unknown): never => {
    throw error;
  };
  const dynamoDb = withDynamoDb
    ? await startDynamoDb({ clock: systemClock, state: noStateStore, onExit: onError, onError })
    : undefined;
  const apis: Record<string, AwsApi> = { sqs: messaging.api, sns: messaging.api };
  const dispatch = dispatcher(apis);
  const aws = awsClient(dispatch);
  const invocations: InvokeRequest[] = [];
  const metrics: string[] = [];
  const logged: { group: string; stream: string; events: readonly LogEvent[] }[] = [];
  const lambda: LambdaInvoker = {
    async invoke(request): Promise<InvokeResult> {
      invocations.push(request);
      const run = functions[request.functionName.split(':').at(-1) ?? ''];
      if (run === undefined) throw new Error(`Function not found: ${request.functionName}`);
      const { payload = null, functionError } = await run(JSON.parse(request.payload.toString()));
      return {
        statusCode: request.type === 'Event' ? 202 : 200,
        requestId: `request-${invocations.length}`,
        payload: Buffer.from(request.type === 'Event' ? '' : JSON.stringify(payload)),
        executedVersion: '$LATEST',
        logTail: '',
        ...(functionError !== undefined && { functionError }),
      };
    },
  };
  const pipes = createPipes({
    clock: systemClock,
    state: noStateStore,
    aws,
    deliver: deliverByArn({ aws, dispatch, lambda }),
    logs: { append: (group, stream, events) => logged.push({ group, stream, events }), onAppend: () => {} },
    mayAssume: () => true,
    onMetric: (name) => metrics.push(name),
    lambda,
  });
  apis.pipes = pipes.api;
  if (dynamoDb !== undefined) apis.dynamodb = watchTableWrites(dynamoDb.api, (names) => pipes.consumers.nudge(names));
  const edge = await startEdge({
    port: 0,
    apis,
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError,
  });
  const config = {
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    pipes: new PipesClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    sns: new SNSClient(config),
    dynamoDb: new DynamoDBClient(config),
  };
  return {
    ...clients,
    invocations,
    metrics,
    logged,
    resourceTypes: pipes.resourceTypes,
    async [Symbol.asyncDispose]() {
      pipes.close();
      for (const client of Object.values(clients)) client.destroy();
      await edge.close();
      await dynamoDb?.close();
      await messaging.close();
    },
  };
}
