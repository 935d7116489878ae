import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { breakFunction } from '#test/support/break-function.ts';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { outputNamed, stackOutputs } from '#test/support/stack-outputs.ts';
import { itOnEndpoint, stackName, useStage } from '#test/support/stage.ts';

const contract = loadContract('users-async.yml');
const status = z.discriminatedUnion('status', [
  z.object({ messageId: z.string(), status: z.literal('completed'), userId: z.string() }),
  z.object({ messageId: z.string(), status: z.literal('failed'), reason: z.string() }),
]);
type Queue = 'UsersQueueUrl' | 'UsersDeadLetterQueueUrl' | 'UsersRedriveFromQueueUrl';
const userSchema = z.object({ userId: z.string(), name: z.string(), email: z.string(), createdAt: z.string() });

const aws = useStage();

describe('users-async', () => {
  const sqs = () => aws.client(SQSClient);
  const logs = () => aws.client(CloudWatchLogsClient);
  const lambda = () => aws.client(LambdaClient);
  const dynamoDb = () => aws.client(DynamoDBClient);
  let client: ServiceClient;
  let outputs: ReadonlyMap<string, string>;
  beforeAll(async () => {
    client = await serviceClient('users-async');
    outputs = await stackOutputs(stackName('users-async'));
  });

  const output = (name: string): string => outputNamed(outputs, name);

  async function call(operationId: string, request: Request): Promise<Answer> {
    const answer = await client.send(request);
    contract.checkAnswer(operationId, answer);
    return answer;
  }

  /** Posts a user and gives the path of its status. */
  async function post(body: unknown, path = '/users'): Promise<{ messageId: string; statusPath: string }> {
    const answer = await call('createUser', { method: 'POST', path, body });
    expect(answer).toMatchObject({ statusCode: 202 });
    const { messageId } = json(z.object({ messageId: z.string() }), answer);
    expect(answer.headers['x-sqs-message-id']).toBe(messageId);
    const location = new URL(answer.headers.location ?? '', client.url + path).href;
    expect(location.startsWith(client.url)).toBe(true);
    return { messageId, statusPath: location.slice(client.url.length) };
  }

  const statusOf = async (statusPath: string): Promise<z.infer<typeof status> | undefined> => {
    const answer = await call('getStatus', { path: statusPath });
    return answer.statusCode === 404 ? undefined : json(status, answer);
  };

  async function readUser(statusPath: string): Promise<z.infer<typeof userSchema>> {
    const told = await until('a status', () => statusOf(statusPath));
    expect(told.status).toBe('completed');
    const answer = await call('getUser', { path: `/users/${told.status === 'completed' ? told.userId : ''}` });
    expect(answer).toMatchObject({ statusCode: 200 });
    return json(userSchema, answer);
  }

  /** How many messages wait in the queue of this output, or are being worked on. */
  async function waitingIn(queue: Queue): Promise<number> {
    const QueueUrl = output(queue);
    const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
  }

  async function untilWaiting(count: number, queue: Queue): Promise<void> {
    await until(`${count} messages in ${queue}`, async () => (await waitingIn(queue)) === count || undefined, 60_000);
  }

  /** How often a message has failed so far, by the log of the consumer. */
  async function failedAttempts(): Promise<number> {
    const input = { logGroupName: '/aws/lambda/users-async-local-createUser', filterPattern: '"Message failed"' };
    let count = 0;
    for await (const { events } of paginateFilterLogEvents({ client: logs() }, input)) count += events?.length ?? 0;
    return count;
  }

  /** Lets a message be tried as often as its queue allows; between the attempts time is advanced. */
  async function exhaustAttempts(before: number): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const failed = async () => (await failedAttempts()) >= before + attempt || undefined;
      await until(`failed attempt ${attempt}`, failed);
      await aws.clock.advance(61_000);
    }
  }

  it('accepts a user, tells when it exists, and answers it', async () => {
    const email = 'ada@example.com';
    const { statusPath } = await post({ name: 'Ada Lovelace', email });
    const user = await readUser(statusPath);
    expect(user).toMatchObject({ name: 'Ada Lovelace', email });
  });

  it('tells the way to the status under a path that ends with a slash too', async () => {
    const { statusPath } = await post({ name: 'Ada', email: 'ada@example.com' }, '/users/');
    expect((await readUser(statusPath)).name).toBe('Ada');
  });

  it('gives a name of any characters back as it was', async () => {
    const awkward = [
      '"',
      "'",
      '\\',
      '\\n',
      '\n',
      '\r\n',
      '\t',
      '&',
      '=',
      '%',
      '%22',
      '+',
      '$',
      '#',
      '$x',
      '<',
      '\u2028',
    ];
    const character = fc.oneof(
      fc.constantFrom(...awkward, '🌱', '👩‍👩‍👧', 'e\u0301', '\u0000', '\u007f', '漢'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const name = fc
      .array(character, { minLength: 1, maxLength: 100, size: 'max' })
      // U+FFFE and U+FFFF are no characters, and SQS takes none of them.
      .map((characters) => [...characters.join('').replace(/[\ufffe\uffff]/g, '�')].slice(0, 100).join(''));
    await fc.assert(
      fc.asyncProperty(name, async (sent) => {
        const { statusPath } = await post({ name: sent, email: `o'hara+${sent.length}@example.com` });
        const user = await readUser(statusPath);
        expect(user.name).toBe(sent);
        expect(user.email).toBe(`o'hara+${sent.length}@example.com`);
      }),
      { numRuns: 40, seed: 4566, examples: [[awkward.join('')], ['"'.repeat(100)], ['🌱'.repeat(100)]] },
    );
  });

  it('refuses at the gateway what is no user', async () => {
    const email = 'ada@example.com';
    const bodies = [
      '{"name":',
      '',
      '[]',
      '"x"',
      'null',
      {},
      { name: 'Ada' },
      { email },
      { name: '', email },
      { name: 'x'.repeat(101), email },
      { name: 1, email },
      { name: 'Ada', email: 'nobody' },
      { name: 'Ada', email: `${'x'.repeat(250)}@example.com` },
      { name: 'Ada', email, isAdmin: true },
      `{"name":"Ada","email":"${email}"} trailing`,
    ];
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' };
      const answer = await call('createUser', { method: 'POST', path: '/users', headers, body });
      expect(answer).toMatchObject({ statusCode: 400 });
      checkErrorBody(answer.body);
    }
  });

  it('refuses other content types', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const body = JSON.stringify({ name: 'Ada', email: 'ada@example.com' });
      const headers = { 'content-type': type };
      const answer = await call('createUser', { method: 'POST', path: '/users', headers, body });
      expect(answer).toMatchObject({ statusCode: 415 });
      checkErrorBody(answer.body);
    }
  });

  it('knows nothing yet of other messages, and says when to ask again', async () => {
    const answer = await call('getStatus', { path: `/status/${randomUUID()}` });
    expect(answer).toMatchObject({ statusCode: 404 });
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['access-control-expose-headers']).toBe('Retry-After');
    checkErrorBody(answer.body);
  });

  it('knows no user by another id', async () => {
    for (const id of [randomUUID(), '%22%7D', "it's", '%F0%9F%8C%B1']) {
      const answer = await call('getUser', { path: `/users/${id}` });
      expect(answer).toMatchObject({ statusCode: 404 });
      checkErrorBody(answer.body);
    }
  });

  it('answers preflights and unknown paths', async () => {
    const preflight = await client.send({
      method: 'OPTIONS',
      path: '/users',
      headers: { origin: 'https://x.example' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    const unknown = await client.send({ method: 'DELETE', path: '/users' });
    expect(unknown.statusCode).toBe(404);
    checkErrorBody(unknown.body);
  });

  it('creates one user of a message that is delivered twice', async () => {
    const { statusPath, messageId } = await post({ name: 'Twice', email: 'twice@example.com' });
    const first = await readUser(statusPath);
    // What a redelivery looks like to the consumer: the same body under the same original id.
    await sqs().send(
      new SendMessageCommand({
        QueueUrl: output('UsersQueueUrl'),
        MessageBody: JSON.stringify({ name: 'Other', email: 'other@example.com' }),
        MessageAttributes: { originalMessageId: { DataType: 'String', StringValue: messageId } },
      }),
    );
    await untilWaiting(0, 'UsersQueueUrl');
    expect(await readUser(statusPath)).toStrictEqual(first);
  });

  describe('when messages fail', () => {
    let poison = '';

    itOnEndpoint('records why a poison message failed, and keeps it', async () => {
      const before = await failedAttempts();
      const sent = await sqs().send(
        new SendMessageCommand({ QueueUrl: output('UsersQueueUrl'), MessageBody: '{"name":"","email":"nobody"}' }),
      );
      poison = sent.MessageId ?? '';
      await exhaustAttempts(before);
      const told = await until('the failure', () => statusOf(`/status/${poison}`));
      expect(told.status).toBe('failed');
      expect(told.status === 'failed' ? told.reason : '').toMatch(/name must be 1 to 100 characters long/);
      await untilWaiting(0, 'UsersDeadLetterQueueUrl');
      await untilWaiting(1, 'UsersRedriveFromQueueUrl');
      // The record of it lies among the users.
      const answer = await call('getUser', { path: `/users/FAILED%23${poison}` });
      expect(answer).toMatchObject({ statusCode: 404 });
    });

    itOnEndpoint('sends the messages of an outage back once it is over, and loses none', async () => {
      const restore = await breakFunction(lambda(), 'users-async-local-createUser', 'USERS_TABLE_NAME');
      let before = await failedAttempts();
      const { statusPath } = await post({ name: 'Grace "Amazing" Hopper', email: 'grace@example.com' });
      await exhaustAttempts(before);
      const told = await until('the failure', () => statusOf(statusPath));
      expect(told.status).toBe('failed');
      await untilWaiting(2, 'UsersRedriveFromQueueUrl');
      await restore();

      before = await failedAttempts();
      expect(await redrive('--dry-run')).toMatch(/2 messages wait/);
      expect(await redrive()).toMatch(/2 messages sent back/);
      await until('the user', async () => (await statusOf(statusPath))?.status === 'completed' || undefined);
      expect((await readUser(statusPath)).name).toBe('Grace "Amazing" Hopper');

      // The other one is still poison, and is kept again under the id that its client knows.
      await exhaustAttempts(before);
      await untilWaiting(1, 'UsersRedriveFromQueueUrl');
      expect((await statusOf(`/status/${poison}`))?.status).toBe('failed');
    });
  });

  itOnEndpoint('makes 2,000 users of 2,000 posts at once, none twice', async () => {
    const marker = randomUUID();
    const names = Array.from({ length: 2000 }, (_, index) => `${marker} ${index}`);
    const remaining = [...names];
    const statusPaths: string[] = [];
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let name = remaining.pop(); name !== undefined; name = remaining.pop()) {
          statusPaths.push((await post({ name, email: 'crowd@example.com' })).statusPath);
        }
      }),
    );
    expect(new Set(statusPaths).size).toBe(2000);
    await untilWaiting(0, 'UsersQueueUrl');
    const created: string[] = [];
    for await (const { Items = [] } of paginateScan({ client: dynamoDb() }, { TableName: output('UsersTableName') })) {
      for (const { name } of Items) if (name?.S?.startsWith(marker)) created.push(name.S);
    }
    expect(created.sort()).toStrictEqual(names.sort());
  });
});

/** `npm run redrive -- --service users-async`, as operators run it. */
async function redrive(...options: string[]): Promise<string> {
  const endpoint = aws.url;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['tools/redrive/run.ts', '--service', 'users-async', '--endpoint-url', endpoint],
    ...options,
  ]);
  return stdout;
}
