import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { awsConfig } from '#test/support/aws-config.ts';
import { advanceTime, endpointErrors } from '#test/support/endpoint-control.ts';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, type Request, type ServiceClient, sendTo, serviceClient } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { until } from '#test/support/until.ts';
import * as hostile from './hostile-requests.ts';

const seed = Number(process.env.FUZZ_SEED ?? 1);

/** What HTTP APIs answer by themselves to unknown routes and malformed paths; nothing can change how. */
const ownAnswersOfHttpApis = ['{"message":"Not Found"}', '{"message":"Bad Request"}'];

/** None may fail on our side, hang, or be answered in another form than the one error body. */
describe('hostile requests', () => {
  let tasks: ServiceClient;
  let planner: ServiceClient;
  let users: ServiceClient;
  let sent = 0;
  before(async () => {
    tasks = await serviceClient('tasks');
    planner = await serviceClient('planner');
    users = await serviceClient('users-async');
  });

  async function expectNoHarm(client: ServiceClient, requests: readonly Request[]): Promise<readonly Answer[]> {
    return inTurns(requests, async (request) => {
      sent++;
      const answer = await client.send(request);
      const what = JSON.stringify(request).slice(0, 500);
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.body} to ${what}`);
      if (answer.statusCode >= 400 && request.method !== 'HEAD' && !ownAnswersOfHttpApis.includes(answer.body)) {
        try {
          checkErrorBody(answer.body);
        } catch (error) {
          assert.fail(`${answer.statusCode} ${answer.body.slice(0, 200)} to ${what}: ${error}`);
        }
      }
      return answer;
    });
  }

  it('in bodies are refused or taken', async () => {
    const bodies = [...hostile.bodies, ...fc.sample(hostile.anyBody, { seed, numRuns: 60 })];
    const headers = { 'content-type': 'application/json' };
    const path = `/tasks/${randomUUID()}`;
    await expectNoHarm(
      tasks,
      bodies.map((body) => ({ method: 'POST', path: '/tasks', headers, body })),
    );
    await expectNoHarm(
      tasks,
      bodies.map((body) => ({ method: 'PUT', path, headers, body })),
    );
    await expectNoHarm(
      planner,
      bodies.slice(0, 20).map((body) => ({ method: 'POST', path: '/planner', headers, body })),
    );
    const answers = await expectNoHarm(
      users,
      bodies.map((body) => ({ method: 'POST', path: '/users', headers, body })),
    );
    await expectNothingLost(answers);
  });

  /** Whatever was accepted becomes a user or a failure that is told. */
  async function expectNothingLost(answers: readonly Answer[]): Promise<void> {
    const accepted = answers
      .filter(({ statusCode }) => statusCode === 202)
      .map(({ body }) => JSON.parse(body).messageId);
    assert.ok(accepted.length > 0);
    await until('a status of every accepted message', async () => {
      const known = await inTurns(accepted, (id) => users.send({ path: `/status/${id}` }));
      if (known.every(({ statusCode }) => statusCode === 200)) return true;
      await advanceTime(61_000);
      return undefined;
    });
    const sqs = new SQSClient(awsConfig());
    const outputs = await stackOutputs('users-async-local');
    await sqs.send(new PurgeQueueCommand({ QueueUrl: outputs.get('UsersRedriveFromQueueUrl') }));
    sqs.destroy();
  }

  it('in content types are refused or taken', async () => {
    const write = (path: string, body: object): Request[] =>
      hostile.contentTypes.map((type) => ({
        method: 'POST',
        path,
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      }));
    await expectNoHarm(tasks, write('/tasks', { title: 'Typed' }));
    await expectNoHarm(planner, write('/planner', {}));
    await expectNoHarm(users, write('/users', { name: 'Typed', email: 'typed@example.com' }));
  });

  it('in paths and methods are refused', async () => {
    for (const [client, roots] of [
      [tasks, ['/tasks', '']],
      [planner, ['/planner']],
      [users, ['/users', '/status']],
    ] as const) {
      const paths = roots.flatMap((root) => hostile.segments.map((segment) => `${root}/${segment}`));
      await expectNoHarm(
        client,
        paths.map((path) => ({ path })),
      );
      await expectNoHarm(
        client,
        hostile.methods.flatMap((method) => roots.map((path) => ({ method, path: path || '/' }))),
      );
    }
    await expectNoHarm(
      tasks,
      hostile.segments.map((segment) => ({ method: 'DELETE', path: `/tasks/${segment}` })),
    );
  });

  it('in query strings are refused or taken', async () => {
    const queries = [...hostile.queries, ...fc.sample(hostile.anyQuery, { seed, numRuns: 40 })];
    for (const [client, path] of [
      [tasks, '/tasks'],
      [planner, '/planner'],
      [users, `/status/${randomUUID()}`],
    ] as const) {
      await expectNoHarm(
        client,
        queries.map((query) => ({ path: `${path}?${query}` })),
      );
    }
  });

  it('in headers are refused or taken', async () => {
    for (const [client, path] of [
      [tasks, '/tasks?limit=1'],
      [planner, '/planner'],
      [users, `/users/${randomUUID()}`],
    ] as const) {
      await expectNoHarm(
        client,
        hostile.headers.map((headers) => ({ path, headers })),
      );
    }
  });

  it('to the operations of the other services are refused or taken', async () => {
    const sample = <T>(items: readonly T[]): readonly T[] =>
      fc.sample(fc.constantFrom(...items), { seed, numRuns: 20 });
    for (const name of ['friends', 'users', 'orders', 'products']) {
      const client = await serviceClient(name);
      const requests = loadContract(`${name}.yml`).operations.flatMap(({ method, path, hasBody }) => {
        const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
        const filled = path.replace(/\{\w+\}/g, randomUUID());
        const inPath = path.includes('{') ? sample(hostile.segments) : [];
        return [
          ...(hasBody ? sample(hostile.bodies).map((body) => ({ method, path: filled, headers, body })) : []),
          ...inPath.map((segment) => ({ method, path: path.replace(/\{\w+\}/g, segment), headers })),
          ...sample(hostile.queries).map((query) => ({ method, path: `${filled}?${query}`, headers })),
        ];
      });
      await expectNoHarm(client, requests);
    }
  });

  it('that are hardly HTTP, or broken off, end the connection', async () => {
    const { port, pathname } = new URL(tasks.url);
    const path = `${pathname}/tasks`;
    const answers = await inTurns(
      [
        ...hostile.rawRequests(path).map((bytes) => ({ bytes, isBrokenOff: false })),
        ...hostile.brokenOffRequests(path).map((bytes) => ({ bytes, isBrokenOff: true })),
      ],
      async ({ bytes, isBrokenOff }) => {
        sent++;
        const answered = await exchange(Number(port), bytes, isBrokenOff);
        for (const [, status] of answered.matchAll(/^HTTP\/1\.1 (\d+)/gm)) {
          assert.ok(Number(status) < 500, `${answered.slice(0, 300)} to ${String(bytes).slice(0, 200)}`);
        }
        return answered;
      },
    );
    assert.ok(answers.some((answered) => answered.startsWith('HTTP/1.1 200')));
  });

  it('to the AWS APIs are refused', async () => {
    await inTurns(hostile.awsRequests, async (request) => {
      sent++;
      const answer = await sendTo((process.env.TEST_ENDPOINT_URL ?? '') + request.path, request);
      const what = JSON.stringify(request).slice(0, 500);
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.body.slice(0, 300)} to ${what}`);
    });
  });

  after(async () => {
    assert.ok(sent >= 500, `only ${sent} requests`);
    assert.deepEqual(await endpointErrors(), []);
    for (const [client, path] of [
      [tasks, '/tasks'],
      [planner, '/planner'],
    ] as const) {
      assert.equal((await client.send({ path })).statusCode, 200);
    }
  });
});

/** Eight at a time, as no client waits for the others. */
async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const entries = items.entries();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const [index, item] of entries) results[index] = await run(item);
    }),
  );
  return results;
}

/** Sends the bytes, then nothing more or that this is all, and gives what comes back until the server hangs up. */
function exchange(port: number, bytes: string | Uint8Array, isBrokenOff: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let answered = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: 30_000 });
    socket.setEncoding('latin1').on('data', (text) => {
      answered += text;
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error(`no end of ${String(bytes).slice(0, 200)}`));
    });
    // A server may well reset a connection that speaks nonsense.
    socket.on('error', () => {});
    socket.once('close', () => resolve(answered));
    socket.write(bytes);
    if (isBrokenOff) socket.end();
  });
}
