import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as z from 'zod';
import { traceCalls } from './trace-calls.ts';

const daemon = createSocket('udp4').bind(0, '127.0.0.1');
const table = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
beforeAll(async () => {
  await Promise.all([once(daemon, 'listening'), once(table.listen(0, '127.0.0.1'), 'listening')]);
});
afterAll(() => {
  daemon.close();
  table.close();
  table.closeAllConnections();
});

it('shows a call of a client by its service and operation', async () => {
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
  process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

  const { port } = z.object({ port: z.number() }).parse(table.address());
  const client = DynamoDBDocumentClient.from(
    traceCalls(
      new DynamoDBClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
    ),
  );
  const received = once(daemon, 'message');
  await client.send(new GetCommand({ TableName: 'table', Key: { id: '1' } }));
  const subsegment: unknown = JSON.parse(String((await received)[0]).split('\n')[1] ?? '');
  const { name, namespace, aws } = z.looseObject({ name: z.string() }).parse(subsegment);
  expect([name, namespace, aws]).toStrictEqual(['DynamoDB', 'aws', { operation: 'GetItem' }]);
});
