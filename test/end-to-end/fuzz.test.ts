import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, useEndpoint } from 'local-aws/testing';
import { type Contract, checkErrorBody, loadContract, type Operation } from '#test/support/openapi-contract.ts';
import { type Answer, type Request, type ServiceClient, sendTo, serviceClient } from '#test/support/service-client.ts';
import { exerciseServices, specifiedServices } from './exercise-services.ts';
import * as hostile from './hostile-requests.ts';
import { secret } from './hostile-values.ts';
import { seed, some } from './sample.ts';

/** With how many requests of each kind an operation is tried, out of all that there are. */
const shares: Readonly<Record<hostile.Part, number>> = {
  field: 28,
  'foreign field': 6,
  body: 6,
  'content type': 4,
  path: 10,
  query: 10,
  headers: 8,
  method: 3,
};
const patienceMs = 20_000;

/** What HTTP APIs answer by themselves; nothing can change how. */
const ownAnswersOfHttpApis = [
  '{"message":"Not Found"}',
  '{"message":"Bad Request"}',
  '{"message":"Request Entity Too Large"}',
];

/** What shows where code runs or what it is made of. */
const inside =
  /\bat \S+ \(|node_modules|\/var\/task|file:|\.[jt]s:\d|\w+(Error|Exception)\b|ECONN|arn:aws|amazonaws|-local-|dynamodb|sqs\b/i;

const aws = useEndpoint();

/** No request may fail with a 5xx, hang, reveal internals, or be answered in another form than the error body. */
describe(`hostile requests (FUZZ_SEED=${seed})`, () => {
  const startedAt = Date.now();
  let sent = 0;
  let earlierLines: readonly string[];
  let known: Omit<hostile.Known, 'fields'>;
  let fields: Readonly<Record<string, hostile.Known['fields']>>;
  beforeAll(async () => {
    let users = 0;
    const path = await exerciseServices();
    earlierLines = await telltaleLines();
    const { username = '' } = path;
    known = { path, query: { username, new_address: 'x', userType: 'CUSTOMER' } };
    fields = {
      orders: { username: () => username },
      users: { username: () => `fuzz-${users++}`, email: () => `fuzz-${users++}@example.com` },
    };
  });

  async function expectNoHarm(client: ServiceClient, request: Request): Promise<Answer> {
    sent++;
    const what = describeRequest(request);
    const answer = await client.send({ patienceMs, ...request }).catch((error: unknown) => {
      throw new Error(`${error} at ${what}`);
    });
    const said = `${answer.statusCode} ${answer.body.slice(0, 300)} to ${what}`;
    if (answer.statusCode >= 500) throw new Error(said);
    if (answer.statusCode < 400 || request.method === 'HEAD') return answer;
    // A name that is none of the endpoint's, and a malformed one, are refused before any API sees the request.
    if (isOfEdge(answer)) return answer;
    // Ids of HTTP APIs are of any letters.
    if (inside.test(answer.body.replace(/"requestId":"[^"]*"/, ''))) throw new Error(said);
    if (ownAnswersOfHttpApis.includes(answer.body)) return answer;
    try {
      checkErrorBody(answer.body);
    } catch (error) {
      throw new Error(`${said}: ${error}`);
    }
    return answer;
  }

  /** Whether the answer need not be the operation's: a hostile path or method may be another operation, or none. */
  const mayBeOfAnother = (part: string, answer: Answer) =>
    part === 'path' || part === 'method' || ownAnswersOfHttpApis.includes(answer.body) || isOfEdge(answer);

  function checkContract(contract: Contract, operation: Operation, answer: Answer, what: string): void {
    try {
      contract.checkAnswer(operation.operationId, answer);
    } catch (error) {
      throw new Error(`${what}: ${error}`);
    }
  }

  for (const name of specifiedServices) {
    it(`to the operations of ${name} are refused or taken, as its specification says`, async () => {
      const client = await serviceClient(name);
      const contract = loadContract(`${name}.yml`);
      const isDeletion = ({ method }: Operation) => method === 'DELETE';
      const { operations } = contract;
      // What there is stays there until everything else has been tried on it.
      for (const operation of [...operations.filter((each) => !isDeletion(each)), ...operations.filter(isDeletion)]) {
        const requests = hostile.hostileRequests(operation, { ...known, fields: fields[name] ?? {} });
        const chosen = hostile.parts.flatMap((part) => {
          const withSecret = requests[part].filter((request) => describeRequest(request).includes(secret));
          return [...withSecret, ...some(requests[part], shares[part])].map((request) => ({ part, request }));
        });
        await inTurns(chosen, async ({ part, request }) => {
          const answer = await expectNoHarm(client, request);
          const what = `${answer.statusCode} ${answer.body.slice(0, 300)} to ${describeRequest(request)}`;
          if (part === 'foreign field' && answer.statusCode !== 400) throw new Error(what);
          if (!mayBeOfAnother(part, answer)) checkContract(contract, operation, answer, what);
        });
      }
    });
  }

  it('of any size are refused', async () => {
    for (const name of specifiedServices) {
      const client = await serviceClient(name);
      const { operations } = loadContract(`${name}.yml`);
      const requests = operations
        .filter(({ bodies }) => bodies.length > 0)
        .flatMap((operation, index) =>
          // More than a function of ours takes, then more than SQS, Lambda and API Gateway do.
          hostile.largeRequests(operation, { ...known, fields: {} }, [
            ...[70_000, 300_000],
            ...(index === 0 ? [1_200_000, 6_400_000, 10_600_000] : []),
          ]),
        );
      await inTurns(requests, async (request) => {
        const { statusCode, body } = await expectNoHarm(client, request);
        const what = describeRequest(request);
        expect({ statusCode, body, what }).toMatchObject({ statusCode: 413 });
      });
    }
  });

  it('with page tokens that are forged, foreign or cut off are refused', async () => {
    const lists = await Promise.all(
      pagedLists(known.path).map(async ({ service, path, create }) => {
        const client = await serviceClient(service);
        for (let count = 0; count < 2; count++) expect((await client.send(create())).statusCode).toBeLessThan(300);
        const first = await until('a second page', async () => {
          const answer = await client.send({ path: `${path}limit=1` });
          return tokenIn(answer) === undefined ? undefined : answer;
        });
        return { client, path: `${path}limit=1&nextToken=`, token: tokenIn(first) ?? '' };
      }),
    );
    for (const { client, path, token } of lists) {
      expect((await client.send({ path: path + token })).statusCode).toBe(200);
      const ask = (forged: string) => expectNoHarm(client, { path: path + encodeURIComponent(forged) });
      const foreign = lists.map((other) => other.token).filter((other) => other !== token);
      await inTurns([...foreign, ...hostile.brokenTokens(token)].filter(Boolean), async (forged) => {
        const answer = await ask(forged);
        expect({ forged, ...answer }).toMatchObject({ body: expect.stringContaining('"query.nextToken"') });
      });
      await inTurns(some(hostile.movedTokens(token), 20), ask);
    }
  });

  it('that are hardly HTTP, or broken off, end the connection', async () => {
    const { url } = await serviceClient('tasks');
    const { port, pathname } = new URL(url);
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
          if (Number(status) >= 500) throw new Error(`${answered.slice(0, 300)} to ${String(bytes).slice(0, 200)}`);
        }
        return answered;
      },
    );
    expect(answers.some((answered) => answered.startsWith('HTTP/1.1 200'))).toBe(true);
  });

  it('to the AWS APIs are refused', async () => {
    await inTurns(hostile.awsRequests, async (request) => {
      sent++;
      const answer = await sendTo(aws.url + request.path, { patienceMs, ...request });
      if (answer.statusCode >= 500)
        throw new Error(`${answer.statusCode} ${answer.body.slice(0, 300)} to ${describeRequest(request)}`);
    });
  });

  afterAll(async () => {
    console.log(`${sent} requests in ${Date.now() - startedAt} ms`);
    expect(sent).toBeGreaterThanOrEqual(1200);
    expect(await aws.errors()).toStrictEqual([]);
    await exerciseServices();
    const lines = await telltaleLines();
    expect(lines.filter((line) => !earlierLines.includes(line))).toStrictEqual([]);
  });
});

/** Lines that hostile requests should leave in no log: errors of ours, and what was sent as a secret. */
async function telltaleLines(): Promise<readonly string[]> {
  const client = aws.client(CloudWatchLogsClient);
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      // It tells an operator of each message that became no user.
      const isTold = logGroupName.endsWith('-recordFailure');
      for (const filterPattern of [`"${secret}"`, ...(isTold ? [] : ['{ $.level = "ERROR" }'])]) {
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, filterPattern })) {
          lines.push(...events.map(({ message = '' }) => `${logGroupName} ${message}`));
        }
      }
    }
  }
  return lines;
}

type PagedList = { readonly service: string; readonly path: string; readonly create: () => Request };

function pagedLists({ username, playerId }: Readonly<Record<string, string>>): readonly PagedList[] {
  const post = (path: string, body: object): Request => ({ method: 'POST', path, body });
  const product = (category: string) => ({ name: 'Can', category, price: { amount: 1, currency: 'EUR' } });
  const befriend = (friend: string) => ({ player_id: playerId, friend_id: friend, friend_action: 'Request' });
  const user = (name: string) => ({ username: name, name, email: `${name}@example.com` });
  return [
    { service: 'tasks', path: '/tasks?', create: () => post('/tasks', { title: 'Paged' }) },
    { service: 'tasks', path: '/tasks?isComplete=false&', create: () => post('/tasks', { title: 'Paged' }) },
    { service: 'products', path: '/products?', create: () => post('/products', product('tools')) },
    { service: 'products', path: '/products?category=toys&', create: () => post('/products', product('toys')) },
    { service: 'users', path: '/users?userType=CUSTOMER&', create: () => post('/users', user(`u-${randomUUID()}`)) },
    {
      service: 'orders',
      path: `/orders?username=${username}&`,
      create: () => post('/orders', { username, amount: 1, numItems: 1 }),
    },
    { service: 'friends', path: `/friends/${playerId}?`, create: () => post('/friends', befriend(randomUUID())) },
  ];
}

/** The token of the next page, in a link or in the body. */
function tokenIn({ headers, body }: Answer): string | undefined {
  return /[?&]nextToken=([^&>]+)/.exec(headers.link ?? '')?.[1] ?? /"nextToken":"([^"]+)"/.exec(body)?.[1];
}

function describeRequest({ body, ...request }: Request): string {
  const text =
    body === undefined ? '' : ` with ${body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body}`;
  return (JSON.stringify(request).slice(0, 400) + text).slice(0, 800);
}

/** Whether the endpoint refused the `Host` of a request. */
function isOfEdge({ statusCode, body }: Answer): boolean {
  return (
    (statusCode === 421 || statusCode === 400) &&
    /^\{"message":"The (?:endpoint does not answer to the name|request has .*Host header)/.test(body)
  );
}

/** Runs sixteen at a time. */
async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const entries = items.entries();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const [index, item] of entries) results[index] = await run(item);
    }),
  );
  return results;
}

/** Sends the bytes, then nothing more or that this is all, and gives what comes back until the server hangs up. */
function exchange(port: number, bytes: string | Uint8Array, isBrokenOff: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let answered = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: patienceMs });
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
