import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { useStage } from '#test/support/stage.ts';

useStage();
const contract = loadContract('tasks.yml');
const task = z.object({ id: z.string(), title: z.string(), isComplete: z.boolean(), updatedAt: z.string() });

describe('tasks', () => {
  let client: ServiceClient;
  beforeAll(async () => {
    client = await serviceClient('tasks');
  });

  /** Sends a request and compares the answer with the specification. */
  async function call(operationId: string, request: Request): Promise<Answer> {
    const answer = await client.send(request);
    contract.checkAnswer(operationId, answer);
    return answer;
  }

  async function create(content: object): Promise<z.infer<typeof task>> {
    const answer = await call('createTask', { method: 'POST', path: '/tasks', body: content });
    expect(answer).toMatchObject({ statusCode: 201 });
    return json(task, answer);
  }

  /** Every page from `query` on, as a client reads them that follows `Link`. */
  async function pagesOf(query: string, limit: number): Promise<z.infer<typeof task>[][]> {
    const pages: z.infer<typeof task>[][] = [];
    let next: string | undefined = `${client.url}/tasks?limit=${limit}&${query}`;
    while (next !== undefined) {
      const address: string = next;
      const answer = await call('listTasks', { path: address.slice(client.url.length) });
      expect(answer).toMatchObject({ statusCode: 200 });
      pages.push(json(z.array(task), answer));
      const target = /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
      next = target === undefined ? undefined : new URL(target, address).href;
    }
    return pages;
  }

  it('takes an id in any encoding, and refuses one that is not well-formed', async () => {
    const { id } = await create({ title: 'Encoded' });
    const encoded = `%${id.charCodeAt(0).toString(16)}${id.slice(1).replaceAll('-', '%2D')}`;
    const read = await call('getTask', { path: `/tasks/${encoded}` });
    expect([read.statusCode, json(task, read).id]).toStrictEqual([200, id]);
    for (const malformed of ['%', '%zz', `${id}%ff`]) {
      const { statusCode, body } = await call('getTask', { path: `/tasks/${malformed}` });
      expect([statusCode, JSON.parse(body).code]).toStrictEqual([400, 'INVALID_REQUEST']);
    }
  });

  it('creates a task, whose Location leads to it', async () => {
    const title = `Plant 🌱 "basil" ${randomUUID()}`;
    const dueAt = '2030-05-01T10:00:00+02:00';
    const created = await call('createTask', { method: 'POST', path: '/tasks', body: { title, dueAt } });
    expect(created.statusCode).toBe(201);
    const location = new URL(created.headers.location ?? '', `${client.url}/tasks`).href;
    const read = await call('getTask', { path: location.slice(client.url.length) });
    expect(read.statusCode).toBe(200);
    expect(JSON.parse(read.body)).toStrictEqual(JSON.parse(created.body));
    expect(JSON.parse(read.body)).toMatchObject({
      title,
      dueAt: '2030-05-01T08:00:00.000Z',
      isComplete: false,
    });
  });

  it('replaces what can change, and removes what is absent', async () => {
    const { id } = await create({ title: 'Call home', detail: 'after six', dueAt: '2030-01-01T00:00:00Z' });
    const replaced = await call('replaceTask', {
      method: 'PUT',
      path: `/tasks/${id}`,
      body: { title: 'Called home', isComplete: true },
    });
    expect(replaced.statusCode).toBe(200);
    const read = await call('getTask', { path: `/tasks/${id}` });
    expect(read.body).toBe(replaced.body);
    expect(Object.keys(JSON.parse(read.body)).sort()).toStrictEqual([
      'createdAt',
      'id',
      'isComplete',
      'title',
      'updatedAt',
    ]);
  });

  it('deletes a task once', async () => {
    const { id } = await create({ title: 'Short-lived' });
    const statusCodes = [];
    for (const method of ['DELETE', 'DELETE', 'GET']) {
      statusCodes.push((await client.send({ method, path: `/tasks/${id}` })).statusCode);
    }
    expect(statusCodes).toStrictEqual([204, 404, 404]);
  });

  it('answers 404 for a task that does not exist, whatever is asked of it', async () => {
    const path = `/tasks/${randomUUID()}`;
    const answers = [
      await call('getTask', { path }),
      await call('replaceTask', { method: 'PUT', path, body: { title: 'x', isComplete: false } }),
      await call('deleteTask', { method: 'DELETE', path }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([404, 404, 404]);
  });

  it('lists page by page, newest first, by links relative to the request', async () => {
    const created = [];
    for (let index = 0; index < 7; index++) created.push((await create({ title: `Page ${index}` })).id);
    const pages = await pagesOf('', 3);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(3);
    const listed = pages.flat().map(({ id }) => id);
    expect(listed.slice(0, 7)).toStrictEqual(created.sort().reverse());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('filters by state and by due date, page by page', async () => {
    const due = (day: number) => `2001-02-0${day}T00:00:00.000Z`;
    const early = await create({ title: 'Early', dueAt: due(1) });
    const earlyToo = await create({ title: 'Early too', dueAt: due(2) });
    const late = await create({ title: 'Late', dueAt: due(4) });
    const done = await create({ title: 'Done', dueAt: due(1), isComplete: true });
    const mine = [early.id, earlyToo.id, late.id, done.id];
    const idsOf = async (query: string) =>
      (await pagesOf(query, 1)).flatMap((page) => page.map(({ id }) => id).filter((id) => mine.includes(id)));
    const dueBefore = `dueBefore=${due(3)}`;
    expect(await idsOf(dueBefore)).toStrictEqual([done.id, earlyToo.id, early.id]);
    expect(await idsOf(`${dueBefore}&isComplete=false`)).toStrictEqual([earlyToo.id, early.id]);
    expect(await idsOf(`${dueBefore}&isComplete=true`)).toStrictEqual([done.id]);
    expect(await idsOf('isComplete=false')).toStrictEqual([late.id, earlyToo.id, early.id]);
  });

  it('refuses a token that is forged, or of other filters', async () => {
    await create({ title: 'One' });
    await create({ title: 'Two' });
    const first = await call('listTasks', { path: '/tasks?limit=1' });
    const token = /nextToken=([^>&]+)/.exec(first.headers.link ?? '')?.[1];
    expect(token).toBeDefined();
    for (const query of [`isComplete=false&nextToken=${token}`, `nextToken=A${token}`, 'nextToken=e30']) {
      const answer = await call('listTasks', { path: `/tasks?limit=1&${query}` });
      expect({ query, ...answer }).toMatchObject({ statusCode: 400 });
    }
  });

  it('names every problem of a bad request', async () => {
    const answer = await call('createTask', {
      method: 'POST',
      path: '/tasks',
      body: { title: '', dueAt: 'tomorrow', colour: 'red' },
    });
    expect(answer).toMatchObject({ statusCode: 400 });
    const { details } = json(z.object({ details: z.array(z.object({ path: z.string() })) }), answer);
    expect(details.map(({ path }) => path).sort()).toStrictEqual(['body.colour', 'body.dueAt', 'body.title']);
  });

  it('refuses a body that is not JSON, of another type, or too large', async () => {
    const post = async (body: string, type = 'application/json') =>
      (await call('createTask', { method: 'POST', path: '/tasks', headers: { 'content-type': type }, body }))
        .statusCode;
    expect(await post('{"title":')).toBe(400);
    expect(await post('title=x', 'application/x-www-form-urlencoded')).toBe(415);
    expect(await post('{"title":"x"}', 'text/plain')).toBe(415);
    expect(await post(JSON.stringify({ title: 'x', detail: 'x'.repeat(65_536) }))).toBe(413);
    expect(await post('{"title":"x"}', 'application/json; charset=utf-8')).toBe(201);
  });

  it('answers 413 above what API Gateway takes at all', async () => {
    const answer = await client.send({ method: 'POST', path: '/tasks', body: { title: 'x'.repeat(11_000_000) } });
    expect(answer).toMatchObject({ statusCode: 413 });
    checkErrorBody(answer.body);
  });

  it('answers unknown paths and methods with the one error body', async () => {
    for (const [method, path] of [
      ['GET', '/task'],
      ['GET', '/'],
      ['GET', '/tasks/1/2'],
      ['PATCH', '/tasks'],
      ['POST', `/tasks/${randomUUID()}`],
    ] as const) {
      const answer = await client.send({ method, path });
      expect(answer).toMatchObject({ statusCode: 404 });
      checkErrorBody(answer.body);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
  });

  it('answers the preflight of a browser, and lets its page read the answer', async () => {
    const preflight = await client.send({
      method: 'OPTIONS',
      path: '/tasks',
      headers: {
        origin: 'https://example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-correlation-id',
      },
    });
    expect([200, 204]).toContain(preflight.statusCode);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.headers['access-control-allow-methods'] ?? '').toMatch(/POST/);
    expect(preflight.headers['access-control-allow-headers'] ?? '').toMatch(/content-type.*x-correlation-id/i);
    for (const [path, origin] of [
      ['/tasks', 'https://example.com'],
      ['/tasks?limit=0', 'https://example.com'],
      // The endpoint keeps pages of other sites from routes that no preflight permits.
      ['/unknown', 'http://localhost:5173'],
    ] as const) {
      const answer = await client.send({ path, headers: { origin } });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
  });

  it('hands the correlation id of the client back, or makes one', async () => {
    const sent = await client.send({ path: '/tasks?limit=1', headers: { 'X-Correlation-Id': 'checkout-7f3a' } });
    expect(sent.headers['x-correlation-id']).toBe('checkout-7f3a');
    const hostile = await client.send({ path: '/tasks?limit=1', headers: { 'X-Correlation-Id': '<script>' } });
    expect(hostile.headers['x-correlation-id'] ?? '').toMatch(/^[\w-]{36}$/);
  });

  it('keeps every one of many tasks that are created at the same time', async () => {
    const marker = randomUUID();
    const created = await Promise.all(
      Array.from({ length: 60 }, (_, index) => create({ title: `${marker} ${index}` })),
    );
    const found = await until('all tasks', async () => {
      const mine = (await pagesOf('', 100)).flat().filter(({ title }) => title.startsWith(marker));
      return mine.length === created.length ? mine : undefined;
    });
    expect(found.map(({ id }) => id).sort()).toStrictEqual(created.map(({ id }) => id).sort());
  });
});
