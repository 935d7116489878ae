import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Clock, ManualClock } from '../core/clock.ts';
import { startInProcessServices } from '../edge/in-process-services.fixture.ts';
import { until } from '../testing/until.ts';

const retryDelay = 20_000;

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly response: ServerResponse };

/** A topic with a confirmed subscriber over HTTP, which answers only when the test does. */
async function startSubscriber(context: TestContext) {
  const time = new ManualClock();
  let pauses = 0;
  const clock: Clock = {
    now: () => time.now(),
    schedule(callback, delay) {
      if (delay === retryDelay) pauses += 1;
      return time.schedule(callback, delay);
    },
  };
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => requests.push({ headers: request.headers, body, response }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const edge = await startInProcessServices({ clock });
  const client = new SNSClient(edge.clientConfig);
  const sqs = new SQSClient(edge.clientConfig);
  context.after(async () => {
    client.destroy();
    sqs.destroy();
    server.closeAllConnections();
    server.close();
    await edge.close();
  });

  const received = async (index: number): Promise<Received> => {
    await until(`request ${index}`, () => requests[index] !== undefined);
    const request = requests[index];
    assert.ok(request);
    return request;
  };
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'topic' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead-letters' }));
  const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';
  await client.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'http',
      Endpoint: `http://127.0.0.1:${port}/hook`,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) },
    }),
  );
  const confirmation = await received(0);
  confirmation.response.end();
  return {
    time,
    requests,
    received,
    confirmation,
    publish: (Message: string) => client.send(new PublishCommand({ TopicArn, Message })),
    /** Resolves when a try has failed and the next one waits for its time. */
    paused: (times: number) => until(`pause ${times}`, () => pauses === times),
    async deadLetters(): Promise<(string | undefined)[]> {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
      return Messages.map(({ Body }) => JSON.parse(Body ?? '{}').Message);
    },
  };
}

test('HTTP endpoints that confirm get notifications, again when they fail', async (t) => {
  const { confirmation, publish, received, paused, requests, time } = await startSubscriber(t);
  assert.equal(confirmation.headers['x-amz-sns-message-type'], 'SubscriptionConfirmation');
  const { SubscribeURL, Token } = JSON.parse(confirmation.body);
  assert.match(Token, /^[0-9a-f]{64}$/);
  await publish('too early');
  await fetch(SubscribeURL);

  const { MessageId } = await publish('knock');
  (await received(1)).response.writeHead(503).end();
  await paused(1);
  await time.advance(retryDelay);
  const retried = await received(2);
  retried.response.end();
  assert.equal(retried.headers['x-amz-sns-message-type'], 'Notification');
  assert.equal(retried.headers['x-amz-sns-message-id'], MessageId);
  assert.equal(JSON.parse(retried.body).Message, 'knock');
  await publish('last');
  const last = await received(3);
  last.response.end();
  assert.equal(JSON.parse(last.body).Message, 'last');
  assert.equal(requests.length, 4, 'nothing was sent twice');
});

test('an HTTP endpoint that does not answer within 15 seconds is tried four times and given up', async (t) => {
  const { confirmation, publish, received, paused, requests, time, deadLetters } = await startSubscriber(t);
  await fetch(JSON.parse(confirmation.body).SubscribeURL);
  await publish('anyone?');
  for (const attempt of [1, 2, 3, 4]) {
    const { response } = await received(attempt);
    const hungUp = once(response, 'close');
    await time.advance(14_999);
    assert.equal(response.closed, false);
    await time.advance(1);
    await hungUp;
    if (attempt === 4) break;
    await paused(attempt);
    await time.advance(retryDelay);
  }
  await until('the dead letter', async () => (await deadLetters()).includes('anyone?'));
  assert.equal(requests.length, 5);
});
