import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { createDynamoDbClient } from '../dynamodb/document-client.ts';

async function answerTo(respond: RequestListener): Promise<unknown> {
  const server = createServer((request, response) => request.resume().on('end', () => respond(request, response)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const client = createDynamoDbClient({ ...awsConfig(`http://127.0.0.1:${port}`), maxAttempts: 1 });
  try {
    return await client.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: '1' } } }));
  } finally {
    client.destroy();
    server.close();
    server.closeAllConnections();
  }
}

test('an answer that comes in pieces, some of them in the middle of a character, is read whole', async () => {
  const body = Buffer.from(JSON.stringify({ Item: { name: { S: 'Zoë 🌱'.repeat(20_000) } } }));
  const answer = await answerTo((_, response) => {
    for (let start = 0; start < body.length; start += 999) response.write(body.subarray(start, start + 999));
    response.end();
  });
  expect(answer).toMatchObject({ Item: { name: { S: 'Zoë 🌱'.repeat(20_000) } } });
});

test('an answer that is cut fails the call', async () => {
  const answer = answerTo((_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"Item":', () => response.destroy());
  });
  await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
});
