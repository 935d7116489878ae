import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { ManualClock } from '../core/clock.ts';
import { memoryState } from '../core/memory-state.fixture.ts';
import { startInProcessServices } from '../edge/in-process-services.fixture.ts';
import { until } from '../testing/until.ts';

test('a notification that an HTTP endpoint has not taken is posted again after a restart', async (t) => {
  const posts: { readonly type: string; readonly body: string }[] = [];
  let status = 200;
  const subscriber = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push({ type: String(request.headers['x-amz-sns-message-type']), body });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(subscriber, 'listening');
  t.after(() => subscriber.close());
  const address = subscriber.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const clock = new ManualClock();
  const state = memoryState();

  const before = await startInProcessServices({ clock, state });
  const client = new SNSClient(before.clientConfig);
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'news' }));
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${port}/` }));
  await until('the confirmation request', () => posts.length === 1);
  const { Token } = JSON.parse(posts[0]?.body ?? '');
  await client.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  status = 500;
  await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  await until('the first post', () => posts.length === 2);
  client.destroy();
  await before.close();

  status = 200;
  const after = await startInProcessServices({ clock, state });
  after.sns.resume();
  await until('the post after the restart', () => posts.length === 3);
  await after.close();
  assert.deepEqual(
    posts.map(({ type }) => type),
    ['SubscriptionConfirmation', 'Notification', 'Notification'],
  );
  assert.equal(posts[2]?.body, posts[1]?.body.replace(before.url, after.url));
});
