import { once } from 'node:events';
import { Agent, createServer, type ServerResponse } from 'node:http';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { createDynamoDbClient } from '../dynamodb/document-client.ts';
import { toAppError } from '../errors/to-app-error.ts';

/** How the server treats one attempt after the other, the last of them again and again. */
type Attempt = (response: ServerResponse) => void;
let attempts: Attempt[] = [];
let received = 0;

const server = createServer((request, response) => {
  request.resume();
  const attempt = attempts[Math.min(received++, attempts.length - 1)];
  attempt?.(response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = z.object({ port: z.number() }).parse(server.address());
const clients: DynamoDBClient[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
  server.close();
  server.closeAllConnections();
});

const failing =
  (status: number, name: string): Attempt =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(`{"__type":"aws#${name}"}`);
const throttling = failing(400, 'ThrottlingException');
const cut: Attempt = (response) => response.socket?.destroy();
const silent: Attempt = () => {};

/** What a request to the API is answered if this call is a part of it. */
async function answerTo(config: Parameters<typeof createDynamoDbClient>[0] = {}) {
  const client = createDynamoDbClient({ ...awsConfig(`http://127.0.0.1:${port}`), ...config });
  clients.push(client);
  const thrown: unknown = await client.send(new DescribeTableCommand({ TableName: 'any' })).catch((error) => error);
  const { code, retryAfterSeconds } = toAppError(thrown);
  return [code, retryAfterSeconds];
}

const busy = ['UNAVAILABLE', 1];
const unknown = ['GATEWAY_TIMEOUT', undefined];
const requestHandler = { requestTimeout: 50, connectionTimeout: 50, throwOnRequestTimeout: true };

beforeEach(() => {
  received = 0;
});

describe('a call that DynamoDB has surely not carried out may be repeated:', () => {
  it('it is throttled', async () => {
    attempts = [throttling];
    expect(await answerTo()).toStrictEqual(busy);
    expect(received).toBe(3);
  });

  it('nothing listens', async () => {
    expect(await answerTo({ endpoint: 'http://127.0.0.1:1' })).toStrictEqual(busy);
  });

  it('the connection is not made in time', async () => {
    const httpAgent = new Agent({ lookup: () => {} });
    const config = { endpoint: 'http://dynamodb.test', requestHandler: { ...requestHandler, httpAgent } };
    expect(await answerTo(config)).toStrictEqual(busy);
  });

  it('the name of the service is not found', async () => {
    const gone = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    const httpAgent = new Agent({ lookup: (_name, _options, callback) => callback(gone, '', 4) });
    const config = { endpoint: 'http://dynamodb.test', requestHandler: { httpAgent } };
    expect(await answerTo(config)).toStrictEqual(busy);
  });

  it('another transaction holds the item', async () => {
    attempts = [failing(400, 'TransactionConflictException')];
    expect(await answerTo()).toStrictEqual(busy);
  });
});

describe('a call that DynamoDB may have carried out may not be repeated blindly:', () => {
  it('the request times out', async () => {
    attempts = [silent];
    expect(await answerTo({ requestHandler })).toStrictEqual(unknown);
  });

  it('the connection is cut before the answer', async () => {
    attempts = [cut];
    expect(await answerTo()).toStrictEqual(unknown);
  });

  it('the answer is an internal error', async () => {
    attempts = [failing(500, 'InternalServerError')];
    expect(await answerTo()).toStrictEqual(unknown);
  });

  it('the transaction is still in progress', async () => {
    attempts = [failing(400, 'TransactionInProgressException')];
    expect(await answerTo()).toStrictEqual(unknown);
  });

  it('only the first of its attempts was lost', async () => {
    attempts = [cut, throttling];
    expect(await answerTo()).toStrictEqual(unknown);
  });

  it('and an earlier call does not count', async () => {
    const client = createDynamoDbClient(awsConfig(`http://127.0.0.1:${port}`));
    clients.push(client);
    const send = () => client.send(new DescribeTableCommand({ TableName: 'any' })).catch((error: unknown) => error);
    attempts = [cut];
    expect(toAppError(await send()).code).toBe('GATEWAY_TIMEOUT');
    attempts = [throttling];
    expect(toAppError(await send()).code).toBe('UNAVAILABLE');
  });
});
