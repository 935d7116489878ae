import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import * as z from 'zod';
import type { HttpFunction } from '#shared/http/http-handler.ts';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';

const engine = await startDynamoDbEngine();
after(() => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/tasks/table.yml', 'TasksTable');
useFunctionEnv(engine.endpoint, { TASKS_TABLE_NAME: table });

const { handler: createTask } = await import('./handlers/create-task.ts');
const { handler: getTask } = await import('./handlers/get-task.ts');
const { handler: listTasks } = await import('./handlers/list-tasks.ts');
const { handler: replaceTask } = await import('./handlers/replace-task.ts');
const { handler: deleteTask } = await import('./handlers/delete-task.ts');
const { tasksService } = await import('./service.ts');

const task = z.strictObject({
  id: z.uuidv7(),
  title: z.string(),
  detail: z.string().optional(),
  dueAt: z.string().optional(),
  isComplete: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
const errorBody = z.strictObject({
  message: z.string(),
  code: z.string(),
  requestId: z.literal('c6af9ac6-7b61-11e6-9a41-93e8deadbeef'),
  details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

type Request = Parameters<typeof restEvent>[0];
const contract = loadContract('tasks.yml');
const operationIds = new Map([
  [createTask, 'createTask'],
  [getTask, 'getTask'],
  [listTasks, 'listTasks'],
  [replaceTask, 'replaceTask'],
  [deleteTask, 'deleteTask'],
]);

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: HttpFunction, request: Request) {
  const response = await handler(restEvent(request), lambdaContext());
  contract.checkAnswer(operationIds.get(handler) ?? '', response);
  return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) };
}

const create = (body: unknown, request: Request = {}) =>
  call(createTask, { method: 'POST', path: '/tasks', body, ...request });
const list = (query: string, sub: string) => call(listTasks, { path: '/tasks', query, sub });
const item = (handler: HttpFunction, taskId: string, request: Request = {}) =>
  call(handler, { path: `/tasks/${taskId}`, resource: '/tasks/{taskId}', pathParameters: { taskId }, ...request });
const nextQuery = (link: string | undefined) => {
  const target = /^<(.+)>; rel="next"$/.exec(link ?? '')?.[1];
  return target && new URL(target, 'https://api.example/dev/tasks').search.slice(1);
};
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = errorBody.parse(json);
  return { statusCode, code, paths: details?.map(({ path }) => path) };
};
const unknownId = '0197d2a0-0000-7000-8000-000000000000';

describe('creating a task', () => {
  it('answers 201 with the task and where it is', async () => {
    const { statusCode, headers, json } = await create({
      title: 'Water the plants',
      dueAt: '2027-03-01T09:00:00+01:00',
    });
    assert.equal(statusCode, 201);
    const { id, createdAt, updatedAt, ...rest } = task.parse(json);
    assert.deepEqual(rest, { title: 'Water the plants', dueAt: '2027-03-01T08:00:00.000Z', isComplete: false });
    assert.equal(createdAt, updatedAt);
    const location = new URL(headers.location ?? '', 'https://api.example/dev/tasks');
    assert.equal(location.href, `https://api.example/dev/tasks/${id}`);
  });

  it('counts the characters of a title, not its UTF-16 units', async () => {
    assert.equal((await create({ title: '🌱'.repeat(100) })).statusCode, 201);
    assert.equal((await create({ title: '🌱'.repeat(101) })).statusCode, 400);
  });

  it('lists every problem of a body at once', async () => {
    const answer = await create({ title: '', detail: 'x'.repeat(1001), dueAt: '2026-02-30T00:00:00Z', owner: 'me' });
    assert.deepEqual(errorOf(answer), {
      statusCode: 400,
      code: 'INVALID_REQUEST',
      paths: ['body.title', 'body.detail', 'body.dueAt', 'body.owner'],
    });
  });

  it('refuses a body that is not JSON, not an object or missing', async () => {
    for (const body of ['{"title":', '[]', 'null', '"text"', '']) {
      assert.equal(errorOf(await create(body)).code, 'INVALID_REQUEST', body);
    }
  });

  it('refuses another content type with 415 and a huge body with 413', async () => {
    assert.deepEqual(errorOf(await create('title=x', { headers: { 'CONTENT-TYPE': 'text/plain' } })), {
      statusCode: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      paths: undefined,
    });
    assert.equal(errorOf(await create({ title: 'x', detail: 'x'.repeat(70_000) })).statusCode, 413);
  });

  it('refuses parameters that it does not know', async () => {
    assert.deepEqual(errorOf(await create({ title: 'x' }, { query: 'dryRun=true' })).paths, ['query.dryRun']);
  });
});

describe('one task', () => {
  it('is read back as it was created, by its owner only', async (t) => {
    const added = t.mock.method(tasksService.metrics, 'addMetric').mock;
    const created = await create({ title: 'Mine', detail: 'line\nbreak "quote" \\ ü 🌱' }, { sub: 'alice' });
    assert.deepEqual((await item(getTask, created.json.id, { sub: 'alice' })).json, created.json);
    for (const sub of ['bob', 'Alice']) {
      assert.equal(errorOf(await item(getTask, created.json.id, { sub })).statusCode, 404);
    }
    assert.equal(errorOf(await item(getTask, created.json.id)).statusCode, 404);
    await item(deleteTask, created.json.id, { method: 'DELETE', sub: 'alice' });
    assert.deepEqual(
      added.calls.map(({ arguments: [name, , value] }) => [name, value]),
      [
        ['TasksCreated', 1],
        ['TasksDeleted', 1],
      ],
    );
  });

  it('is replaced as a whole: what is absent is removed, what cannot change stays', async () => {
    const { json: created } = await create({ title: 'Old', detail: 'gone', dueAt: '2027-01-01T00:00:00Z' });
    const body = { title: 'New', isComplete: true };
    const { statusCode, json } = await item(replaceTask, created.id, { method: 'PUT', body });
    assert.equal(statusCode, 200);
    const { updatedAt, ...rest } = task.parse(json);
    assert.deepEqual(rest, { id: created.id, title: 'New', isComplete: true, createdAt: created.createdAt });
    assert.ok(updatedAt >= created.updatedAt);
    assert.deepEqual((await item(getTask, created.id)).json, json);
  });

  it('needs its title and state to be replaced', async () => {
    assert.deepEqual(errorOf(await item(replaceTask, unknownId, { method: 'PUT', body: {} })).paths, [
      'body.title',
      'body.isComplete',
    ]);
  });

  it('is gone after it was deleted, and 404 from then on', async () => {
    const { json: created } = await create({ title: 'Short-lived' });
    const deleted = await item(deleteTask, created.id, { method: 'DELETE' });
    assert.deepEqual([deleted.statusCode, deleted.body], [204, '']);
    const put = { method: 'PUT', body: { title: 'x', isComplete: false } };
    for (const [handler, request] of [
      [deleteTask, {}],
      [getTask, {}],
      [replaceTask, put],
    ] as const) {
      assert.deepEqual(errorOf(await item(handler, created.id, request)), {
        statusCode: 404,
        code: 'NOT_FOUND',
        paths: undefined,
      });
    }
  });

  it('is addressed by a UUID in any case and by nothing else', async () => {
    const { json: created } = await create({ title: 'Case' });
    assert.equal((await item(getTask, created.id.toUpperCase())).statusCode, 200);
    for (const id of ['1', '../x', `${created.id}x`, ' ', 'a'.repeat(5000)]) {
      const answer = await item(getTask, id);
      assert.deepEqual(errorOf(answer).paths, ['path.taskId']);
      assert.ok(answer.body.length < 300);
    }
  });
});

describe('the list of tasks', () => {
  it('shows the newest first and pages to the end without loss', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 7; number++) {
      // Ids of the same millisecond are in no order.
      for (const start = Date.now(); Date.now() === start; );
      ids.unshift((await create({ title: `${number}` }, { sub: 'pager' })).json.id);
    }
    const seen: string[] = [];
    let pages = 0;
    for (let query: string | undefined = 'limit=3'; query !== undefined; pages++) {
      const { json, headers } = await list(query, 'pager');
      seen.push(
        ...z
          .array(task)
          .parse(json)
          .map(({ id }) => id),
      );
      query = nextQuery(headers.link);
    }
    assert.deepEqual(seen, ids);
    assert.equal(pages, 3);
  });

  it('has no next page when the last item fills it', async () => {
    for (const title of ['a', 'b']) await create({ title }, { sub: 'exact' });
    const { headers, json } = await list('limit=2', 'exact');
    assert.equal(json.length, 2);
    assert.equal(headers.link, undefined);
  });

  it('filters by state and by due date, alone and together', async () => {
    const sub = 'filters';
    await create({ title: 'open-late', dueAt: '2030-01-01T00:00:00Z' }, { sub });
    await create({ title: 'open-soon', dueAt: '2027-01-01T00:00:00Z' }, { sub });
    await create({ title: 'open' }, { sub });
    await create({ title: 'done-soon', dueAt: '2027-01-01T00:00:00Z', isComplete: true }, { sub });
    const titles = async (query: string) =>
      z
        .array(task)
        .parse((await list(query, sub)).json)
        .map(({ title }) => title)
        .sort();
    assert.deepEqual(await titles('isComplete=false'), ['open', 'open-late', 'open-soon']);
    assert.deepEqual(await titles('isComplete=true'), ['done-soon']);
    assert.deepEqual(await titles('dueBefore=2028-01-01T00:00:00Z'), ['done-soon', 'open-soon']);
    assert.deepEqual(await titles('dueBefore=2027-01-01T00:00:00Z'), []);
    assert.deepEqual(await titles('isComplete=false&dueBefore=2028-01-01T00:00:00Z'), ['open-soon']);
  });

  it('moves a task between the states when it is replaced', async () => {
    const sub = 'mover';
    const { json: created } = await create({ title: 'x' }, { sub });
    await item(replaceTask, created.id, { method: 'PUT', body: { title: 'x', isComplete: true }, sub });
    assert.equal((await list('isComplete=false', sub)).json.length, 0);
    assert.equal((await list('isComplete=true', sub)).json.length, 1);
  });

  it('refuses a token of another owner, of another filter and of nobody', async () => {
    for (const title of ['a', 'b']) await create({ title }, { sub: 'token' });
    const next = nextQuery((await list('limit=1', 'token')).headers.link) ?? '';
    assert.equal((await list(next, 'token')).statusCode, 200);
    const refused = [
      list(next, 'thief'),
      list(next, 'TOKEN'),
      list(`${next}&isComplete=false`, 'token'),
      list(`${next}&dueBefore=2028-01-01T00:00:00Z`, 'token'),
      ...['x', '!', 'e30', 'bnVsbA', 'a'.repeat(1025)].map((token) => list(`nextToken=${token}`, 'token')),
    ];
    for (const answer of await Promise.all(refused)) assert.deepEqual(errorOf(answer).paths, ['query.nextToken']);
  });

  it('refuses bad and repeated parameters, all in one answer', async () => {
    const answer = await list('limit=0&isComplete=yes&dueBefore=soon&sort=asc', 'x');
    assert.deepEqual(errorOf(answer).paths?.sort(), [
      'query.dueBefore',
      'query.isComplete',
      'query.limit',
      'query.sort',
    ]);
    for (const limit of ['101', '-1', '1.5', '1e1', '', 'NaN', '9'.repeat(400)]) {
      assert.deepEqual(errorOf(await list(`limit=${limit}`, 'x')).paths, ['query.limit']);
    }
    assert.deepEqual(errorOf(await list('limit=1&limit=2', 'x')).paths, ['query.limit']);
  });
});
