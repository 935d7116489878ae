import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsApi } from '../core/aws-api.ts';
import { awsClient } from '../core/aws-client.ts';
import { systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import type { InvokeRequest, InvokeResult } from '../core/lambda-invoker.ts';
import { restJsonApi } from '../core/rest-protocol.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startDynamoDb } from '../dynamodb/start-dynamodb.ts';
import { dispatcher, startEdge } from '../edge/server.ts';
import { startMessaging } from '../event-sources/messaging.fixture.ts';
import { watchTableWrites } from '../event-sources/watch-table-writes.ts';
import { createEventSourceMappings } from './event-source-mappings.ts';
import type { MappedFunction } from './run-mapping.ts';

export type Answer = { payload?: unknown; functionError?: 'Unhandled' };

/** Functions by name; each takes the parsed event. Throwing refuses the invocation. */
export type Functions = Record<string, (event: { Records: Record<string, unknown>[] }) => Promise<Answer> | Answer>;

const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Lambda's event source mappings, a real SQS engine and, when asked for, a real DynamoDB behind one port. */
export async function startMappings(
  functions: Functions,
  { state = noStateStore, withDynamoDb = false }: { state?: StateStore; withDynamoDb?: boolean } = {},
) {
  const messaging = await startMessaging();
  const sqs = messaging.api;
  const onError = (error: unknown): never => {
    throw error;
  };
  const engineExits: string[] = [];
  const dynamoDb = withDynamoDb
    ? await startDynamoDb({
        clock: systemClock,
        state: noStateStore,
        onExit: (reason) => engineExits.push(reason),
        onError,
      })
    : undefined;
  const apis: Record<string, AwsApi> = { sqs };
  const aws = awsClient(dispatcher(apis));
  const invocations: InvokeRequest[] = [];
  const metrics: { name: string; value: number; dimensions: object }[] = [];
  const mappings = createEventSourceMappings({
    clock: systemClock,
    state,
    async deliver({ destinationArn, body, principal }) {
      const [, , , region = '', account, queueName] = destinationArn.split(':');
      const QueueUrl = `https://sqs.${region}.amazonaws.com/${account}/${queueName}`;
      await aws({ service: 'sqs', action: 'SendMessage', input: { QueueUrl, MessageBody: body }, principal, region });
    },
    onMetric: (name, value, dimensions) => metrics.push({ name, value, dimensions }),
    aws,
    lambda: {
      async invoke(request): Promise<InvokeResult> {
        invocations.push(request);
        const { payload = null, functionError } = await call(functions, request);
        return {
          statusCode: 200,
          requestId: `request-${invocations.length}`,
          payload: Buffer.from(JSON.stringify(payload)),
          executedVersion: '$LATEST',
          logTail: '',
          ...(functionError !== undefined && { functionError }),
        };
      },
    },
    functionOf(name): MappedFunction | undefined {
      const short = name.split(':').at(-1) ?? name;
      if (functions[short] === undefined) return undefined;
      const roleArn = `arn:aws:iam::000000000000:role/${short}-role`;
      return { arn: functionArn(short), name: short, roleArn, timeoutSeconds: 3 };
    },
  });
  apis.lambda = restJsonApi('lambda', mappings.routes);
  if (dynamoDb !== undefined)
    apis.dynamodb = watchTableWrites(dynamoDb.api, (names) => mappings.consumers.nudge(names));
  const edge = await startEdge({
    port: 0,
    apis,
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError,
  });
  const endpoint = `http://127.0.0.1:${edge.port}`;
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    lambda: new LambdaClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    dynamoDb: new DynamoDBClient(config),
  };
  return {
    ...clients,
    config,
    invocations,
    metrics,
    /** Why the DynamoDB engine ended, each time that it did. */
    engineExits,
    enginePid: () => dynamoDb?.enginePid(),
    resourceTypes: mappings.resourceTypes,
    async [Symbol.asyncDispose]() {
      mappings.close();
      clients.lambda.destroy();
      clients.sqs.destroy();
      clients.dynamoDb.destroy();
      await edge.close();
      await dynamoDb?.close();
      await messaging.close();
    },
  };
}

async function call(functions: Functions, { functionName, payload }: InvokeRequest): Promise<Answer> {
  const run = functions[functionName.split(':').at(-1) ?? ''];
  if (run === undefined) throw new Error(`Function not found: ${functionName}`);
  return run(JSON.parse(payload.toString()));
}
