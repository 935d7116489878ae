import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import type { HttpFunction } from '#shared/http/http-handler.ts';
import type { Wired } from '#shared/service.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { taskRepository } from './data/task-repository.ts';
import { handler as createTask } from './handlers/create-task.ts';
import { handler as deleteTask } from './handlers/delete-task.ts';
import { handler as getTask } from './handlers/get-task.ts';
import { handler as listTasks } from './handlers/list-tasks.ts';
import { handler as replaceTask } from './handlers/replace-task.ts';
import { service } from './service.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/tasks/table.yml', 'TasksTable');
const client = createDynamoDbClient(awsConfig(engine.endpoint));
afterAll(() => client.destroy());
const dependencies = { tasks: taskRepository(createDocumentClient(client), table) };
type Operation = Wired<HttpFunction, typeof dependencies>;

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
const operationIds = new Map<Operation, string>([
  [createTask, 'createTask'],
  [getTask, 'getTask'],
  [listTasks, 'listTasks'],
  [replaceTask, 'replaceTask'],
  [deleteTask, 'deleteTask'],
]);

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: Operation, request: Request) {
  const response = await handler.with(dependencies)(restEvent(request), lambdaContext());
  contract.checkAnswer(operationIds.get(handler) ?? '', response);
  return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) };
}

const create = (body: unknown, request: Request = {}) =>
  call(createTask, { method: 'POST', path: '/tasks', body, ...request });
const list = (query: string, sub: string) => call(listTasks, { path: '/tasks', query, sub });
const item = (handler: Operation, taskId: string, request: Request = {}) =>
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
    expect(statusCode).toBe(201);
    const { id, createdAt, updatedAt, ...rest } = task.parse(json);
    expect(rest).toStrictEqual({ title: 'Water the plants', dueAt: '2027-03-01T08:00:00.000Z', isComplete: false });
    expect(createdAt).toBe(updatedAt);
    const location = new URL(headers.location ?? '', 'https://api.example/dev/tasks');
    expect(location.href).toBe(`https://api.example/dev/tasks/${id}`);
  });

  it('counts the characters of a title, not its UTF-16 units', async () => {
    expect((await create({ title: '🌱'.repeat(100) })).statusCode).toBe(201);
    expect((await create({ title: '🌱'.repeat(101) })).statusCode).toBe(400);
  });

  it('lists every problem of a body at once', async () => {
    const answer = await create({ title: '', detail: 'x'.repeat(1001), dueAt: '2026-02-30T00:00:00Z', owner: 'me' });
    expect(errorOf(answer)).toStrictEqual({
      statusCode: 400,
      code: 'INVALID_REQUEST',
      paths: ['body.title', 'body.detail', 'body.dueAt', 'body.owner'],
    });
  });

  it('refuses a body that is not JSON, not an object or missing', async () => {
    for (const body of ['{"title":', '[]', 'null', '"text"', '']) {
      expect(errorOf(await create(body)).code).toBe('INVALID_REQUEST');
    }
  });

  it('refuses another content type with 415 and a huge body with 413', async () => {
    expect(errorOf(await create('title=x', { headers: { 'CONTENT-TYPE': 'text/plain' } }))).toStrictEqual({
      statusCode: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      paths: undefined,
    });
    expect(errorOf(await create({ title: 'x', detail: 'x'.repeat(70_000) })).statusCode).toBe(413);
  });

  it('refuses parameters that it does not know', async () => {
    expect(errorOf(await create({ title: 'x' }, { query: 'dryRun=true' })).paths).toStrictEqual(['query.dryRun']);
  });
});

describe('one task', () => {
  it('is read back as it was created, by its owner only', async () => {
    const added = jest.spyOn(service.metrics, 'addMetric').mock;
    const created = await create({ title: 'Mine', detail: 'line\nbreak "quote" \\ ü 🌱' }, { sub: 'alice' });
    expect((await item(getTask, created.json.id, { sub: 'alice' })).json).toStrictEqual(created.json);
    for (const sub of ['bob', 'Alice']) {
      expect(errorOf(await item(getTask, created.json.id, { sub })).statusCode).toBe(404);
    }
    expect(errorOf(await item(getTask, created.json.id)).statusCode).toBe(404);
    await item(deleteTask, created.json.id, { method: 'DELETE', sub: 'alice' });
    expect(added.calls.map(([name, , value]) => [name, value])).toStrictEqual([
      ['TasksCreated', 1],
      ['TasksDeleted', 1],
    ]);
  });

  it('is replaced as a whole: what is absent is removed, what cannot change stays', async () => {
    const { json: created } = await create({ title: 'Old', detail: 'gone', dueAt: '2027-01-01T00:00:00Z' });
    const body = { title: 'New', isComplete: true };
    const { statusCode, json } = await item(replaceTask, created.id, { method: 'PUT', body });
    expect(statusCode).toBe(200);
    const { updatedAt, ...rest } = task.parse(json);
    expect(rest).toStrictEqual({ id: created.id, title: 'New', isComplete: true, createdAt: created.createdAt });
    expect(updatedAt >= created.updatedAt).toBe(true);
    expect((await item(getTask, created.id)).json).toStrictEqual(json);
  });

  it('needs its title and state to be replaced', async () => {
    expect(errorOf(await item(replaceTask, unknownId, { method: 'PUT', body: {} })).paths).toStrictEqual([
      'body.title',
      'body.isComplete',
    ]);
  });

  it('is gone after it was deleted, and 404 from then on', async () => {
    const { json: created } = await create({ title: 'Short-lived' });
    const deleted = await item(deleteTask, created.id, { method: 'DELETE' });
    expect([deleted.statusCode, deleted.body]).toStrictEqual([204, '']);
    const put = { method: 'PUT', body: { title: 'x', isComplete: false } };
    for (const [handler, request] of [
      [deleteTask, {}],
      [getTask, {}],
      [replaceTask, put],
    ] as const) {
      expect(errorOf(await item(handler, created.id, request))).toStrictEqual({
        statusCode: 404,
        code: 'NOT_FOUND',
        paths: undefined,
      });
    }
  });

  it('is addressed by a UUID in any case and by nothing else', async () => {
    const { json: created } = await create({ title: 'Case' });
    expect((await item(getTask, created.id.toUpperCase())).statusCode).toBe(200);
    for (const id of ['1', '../x', `${created.id}x`, ' ', 'a'.repeat(5000)]) {
      const answer = await item(getTask, id);
      expect(errorOf(answer).paths).toStrictEqual(['path.taskId']);
      expect(answer.body.length).toBeLessThan(300);
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
    expect(seen).toStrictEqual(ids);
    expect(pages).toBe(3);
  });

  it('has no next page when the last item fills it', async () => {
    for (const title of ['a', 'b']) await create({ title }, { sub: 'exact' });
    const { headers, json } = await list('limit=2', 'exact');
    expect(json).toHaveLength(2);
    expect(headers.link).toBeUndefined();
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
    expect(await titles('isComplete=false')).toStrictEqual(['open', 'open-late', 'open-soon']);
    expect(await titles('isComplete=true')).toStrictEqual(['done-soon']);
    expect(await titles('dueBefore=2028-01-01T00:00:00Z')).toStrictEqual(['done-soon', 'open-soon']);
    expect(await titles('dueBefore=2027-01-01T00:00:00Z')).toStrictEqual([]);
    expect(await titles('isComplete=false&dueBefore=2028-01-01T00:00:00Z')).toStrictEqual(['open-soon']);
  });

  it('moves a task between the states when it is replaced', async () => {
    const sub = 'mover';
    const { json: created } = await create({ title: 'x' }, { sub });
    await item(replaceTask, created.id, { method: 'PUT', body: { title: 'x', isComplete: true }, sub });
    expect((await list('isComplete=false', sub)).json).toHaveLength(0);
    expect((await list('isComplete=true', sub)).json).toHaveLength(1);
  });

  it('refuses a token of another owner, of another filter and of no list', async () => {
    for (const title of ['a', 'b']) await create({ title }, { sub: 'token' });
    const next = nextQuery((await list('limit=1', 'token')).headers.link) ?? '';
    expect((await list(next, 'token')).statusCode).toBe(200);
    const refused = [
      list(next, 'thief'),
      list(next, 'TOKEN'),
      list(`${next}&isComplete=false`, 'token'),
      list(`${next}&dueBefore=2028-01-01T00:00:00Z`, 'token'),
      ...['x', '!', 'e30', 'bnVsbA', 'a'.repeat(1025)].map((token) => list(`nextToken=${token}`, 'token')),
    ];
    for (const answer of await Promise.all(refused)) expect(errorOf(answer).paths).toStrictEqual(['query.nextToken']);
  });

  it('refuses bad and repeated parameters, all in one answer', async () => {
    const answer = await list('limit=0&isComplete=yes&dueBefore=soon&sort=asc', 'x');
    expect(errorOf(answer).paths?.sort()).toStrictEqual([
      'query.dueBefore',
      'query.isComplete',
      'query.limit',
      'query.sort',
    ]);
    for (const limit of ['101', '-1', '1.5', '1e1', '', 'NaN', '9'.repeat(400)]) {
      expect(errorOf(await list(`limit=${limit}`, 'x')).paths).toStrictEqual(['query.limit']);
    }
    expect(errorOf(await list('limit=1&limit=2', 'x')).paths).toStrictEqual(['query.limit']);
  });
});
