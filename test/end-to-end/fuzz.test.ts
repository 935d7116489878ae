import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { endpointErrors } from '#test/support/endpoint-control.ts';
import { checkErrorBody, loadContract, type Operation } from '#test/support/openapi-contract.ts';
import { type Answer, type Request, type ServiceClient, sendTo, serviceClient } from '#test/support/service-client.ts';
import { exerciseServices } from './exercise-services.ts';
import * as hostile from './hostile-requests.ts';

/** What a failure needs to be repeated: `FUZZ_SEED=… npm run test:e2e`; another seed is another choice of requests. */
const seed = Number(process.env.FUZZ_SEED ?? 1);

/** With how many requests of each kind an operation is tried, out of all that there are; `FUZZ_FACTOR` times as many. */
const shares: Readonly<Record<hostile.Part, number>> = {
  field: 70,
  'foreign field': 15,
  body: 15,
  'content type': 8,
  path: 25,
  query: 25,
  headers: 20,
  method: 5,
};
const factor = Number(process.env.FUZZ_FACTOR ?? 1);
const patienceMs = 12_000;

/** What HTTP APIs answer by themselves to unknown routes and malformed paths; nothing can change how. */
const ownAnswersOfHttpApis = ['{"message":"Not Found"}', '{"message":"Bad Request"}'];

/** What shows where code runs or what it is made of. */
const inside =
  /\bat \S+ \(|node_modules|\/var\/task|file:|\.[jt]s:\d|\w+(Error|Exception)\b|ECONN|arn:aws|amazonaws|-local-|dynamodb|sqs\b/i;

/** None may fail on our side, hang, tell of our inside, or be answered in another form than the one error body. */
describe(`hostile requests (FUZZ_SEED=${seed})`, () => {
  const startedAt = Date.now();
  let sent = 0;
  let known: Omit<hostile.Known, 'fields'>;
  let fields: Readonly<Record<string, hostile.Known['fields']>>;
  before(async () => {
    let users = 0;
    const path = await exerciseServices();
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
      assert.fail(`${error} at ${what}`);
    });
    const said = `${answer.statusCode} ${answer.body.slice(0, 300)} to ${what}`;
    assert.ok(answer.statusCode < 500, said);
    if (answer.statusCode < 400 || request.method === 'HEAD') return answer;
    assert.doesNotMatch(answer.body, inside, said);
    if (ownAnswersOfHttpApis.includes(answer.body)) return answer;
    try {
      checkErrorBody(answer.body);
    } catch (error) {
      assert.fail(`${said}: ${error}`);
    }
    return answer;
  }

  for (const name of ['tasks', 'planner', 'products', 'users', 'orders', 'friends', 'users-async']) {
    it(`to the operations of ${name} are refused or taken, as its specification says`, async () => {
      const client = await serviceClient(name);
      const contract = loadContract(`${name}.yml`);
      const isDeletion = ({ method }: Operation) => method === 'DELETE';
      const { operations } = contract;
      // What there is stays there until everything else has been tried on it.
      for (const operation of [...operations.filter((each) => !isDeletion(each)), ...operations.filter(isDeletion)]) {
        const requests = hostile.hostileRequests(operation, { ...known, fields: fields[name] ?? {} });
        const chosen = hostile.parts.flatMap((part) =>
          some(requests[part], shares[part] * factor).map((request) => ({ part, request })),
        );
        await inTurns(chosen, async ({ part, request }) => {
          const answer = await expectNoHarm(client, request);
          const what = `${answer.statusCode} ${answer.body.slice(0, 300)} to ${describeRequest(request)}`;
          if (part === 'foreign field') assert.equal(answer.statusCode, 400, what);
          // A hostile path or method may be another operation, or none.
          if (part === 'path' || part === 'method' || ownAnswersOfHttpApis.includes(answer.body)) return;
          try {
            contract.checkAnswer(operation.operationId, answer);
          } catch (error) {
            assert.fail(`${what}: ${error}`);
          }
        });
      }
    });
  }

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
      const answer = await sendTo((process.env.TEST_ENDPOINT_URL ?? '') + request.path, { patienceMs, ...request });
      assert.ok(
        answer.statusCode < 500,
        `${answer.statusCode} ${answer.body.slice(0, 300)} to ${describeRequest(request)}`,
      );
    });
  });

  after(async () => {
    console.log(`${sent} requests in ${Date.now() - startedAt} ms`);
    assert.ok(sent >= 3000, `only ${sent} requests`);
    assert.deepEqual(await endpointErrors(), []);
    await exerciseServices();
  });
});

/** Some of the items, others for another seed. */
function some<T>(items: readonly T[], count: number): readonly T[] {
  const length = Math.min(count, items.length);
  const [chosen = []] = fc.sample(fc.shuffledSubarray([...items], { minLength: length, maxLength: length }), {
    seed,
    numRuns: 1,
  });
  return chosen;
}

function describeRequest({ body, ...request }: Request): string {
  const text =
    body === undefined ? '' : ` with ${body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body}`;
  return (JSON.stringify(request).slice(0, 400) + text).slice(0, 800);
}

/** Sixteen at a time, as no client waits for the others. */
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
