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
import { userRepository } from './data/user-repository.ts';
import { handler as addUser } from './handlers/add-user.ts';
import { handler as changeUser } from './handlers/change-user.ts';
import { handler as createUser } from './handlers/create-user.ts';
import { handler as deleteUser } from './handlers/delete-user.ts';
import { handler as editAddress } from './handlers/edit-address.ts';
import { handler as getUser } from './handlers/get-user.ts';
import { handler as listUsers } from './handlers/list-users.ts';
import { handler as setAddress } from './handlers/set-address.ts';
import { service } from './service.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/users/table.yml', 'CommerceTable');
const client = createDynamoDbClient(awsConfig(engine.endpoint));
afterAll(() => client.destroy());
const dependencies = { users: userRepository(createDocumentClient(client), table) };
type Operation = Wired<HttpFunction, typeof dependencies>;

type Request = Parameters<typeof restEvent>[0];
const contract = loadContract('users.yml');
const operationIds = new Map<Operation, string>([
  [addUser, 'addUser'],
  [createUser, 'createUser'],
  [getUser, 'getUser'],
  [listUsers, 'listUsers'],
  [changeUser, 'changeUser'],
  [deleteUser, 'deleteUser'],
  [setAddress, 'setAddress'],
  [editAddress, 'editAddress'],
]);
const listed = z.array(z.looseObject({ Username: z.string() }));
const errorBody = z.looseObject({
  message: z.string(),
  code: z.string(),
  details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: Operation, request: Request) {
  const response = await handler.with(dependencies)(restEvent(request), lambdaContext());
  contract.checkAnswer(operationIds.get(handler) ?? '', response);
  return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) };
}

const create = (body: unknown) => call(createUser, { method: 'POST', path: '/users', body });
const item = (handler: Operation, username: string, request: Request = {}) =>
  call(handler, { path: `/users/${username}`, pathParameters: { username }, ...request });
const change = (username: string, body: unknown) => item(changeUser, username, { method: 'PUT', body });
const list = (query: string) => call(listUsers, { path: '/users', query });
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = errorBody.parse(json);
  return { statusCode, code, paths: details?.map(({ path }) => path) };
};
let number = 0;
/** A user of its own for a test. */
async function anyUser(fields: object = {}): Promise<string> {
  const username = `user${number++}`;
  const { statusCode } = await create({ username, email: `${username}@example.com`, name: 'Any', ...fields });
  expect(statusCode).toBe(201);
  return username;
}

describe('adding a user', () => {
  it('answers with a message, and with the user where it is created', async () => {
    const body = { email: 'grace@example.com', name: 'Grace Hopper', username: 'grace' };
    const added = await call(addUser, { method: 'POST', path: '/add_user', body });
    expect([added.statusCode, added.json]).toStrictEqual([200, { message: 'User grace added successfully' }]);

    const created = await create({ email: 'ada@example.com', name: 'Ada', username: 'Ada', userType: 'BUSINESS' });
    expect(created.statusCode).toBe(201);
    const { CreatedAt, ...rest } = created.json;
    expect(rest).toStrictEqual({ Username: 'Ada', Name: 'Ada', Email: 'ada@example.com', UserType: 'BUSINESS' });
    const location = new URL(created.headers.location ?? '', 'https://api.example/dev/users');
    expect(location.href).toBe('https://api.example/dev/users/Ada');
    expect((await item(getUser, 'aDA')).json).toStrictEqual(created.json);
  });

  it('says which of username and e-mail address is taken, in whatever case', async () => {
    await create({ email: 'first@example.com', name: 'x', username: 'first' });
    const taken = async (username: string, email: string) => errorOf(await create({ username, email, name: 'x' }));
    const conflict = (...paths: string[]) => ({ statusCode: 409, code: 'CONFLICT', paths });
    expect(await taken('FIRST', 'other@example.com')).toStrictEqual(conflict('body.username'));
    expect(await taken('other', 'First@Example.COM')).toStrictEqual(conflict('body.email'));
    expect(await taken('first', 'first@example.com')).toStrictEqual(conflict('body.username', 'body.email'));
    expect(errorOf(await item(getUser, 'other')).statusCode).toBe(404);
  });

  it('takes look-alikes of an address for the same', async () => {
    for (const [known, alike] of [
      ['full@example.com', 'ｆｕｌｌ@example.com'],
      ['straße@example.com', 'STRASSE@example.com'],
      ['ΣΟΦΟΣ@example.com', 'σοφος@example.com'],
      ['mike@example.com', 'mıke@example.com'],
      ['café@example.com', 'cafe\u0301@example.com'],
      ['a@bücher.example', 'a@xn--bcher-kva.example'],
      ['b@xn--bcher-kva.example', 'b@BÜCHER.example'],
    ] as const) {
      await anyUser({ email: known });
      expect(errorOf(await create({ username: 'alike', email: alike, name: 'x' })).paths).toStrictEqual(['body.email']);
    }
  });

  it('refuses what is no address, also once it is normalized', async () => {
    for (const email of ['x', 'a@b', 'a b@c.d', 'a@b@c.d', 'a＠b@c.d', '@b.c', `${'ﷺ'.repeat(20)}@example.com`]) {
      expect(errorOf(await create({ username: 'noaddress', email, name: 'x' })).paths).toStrictEqual(['body.email']);
    }
  });

  it('refuses usernames that a URL cannot carry as they are', async () => {
    for (const username of ['a', 'a b', 'a/b', '..', '.a', 'ä1', 'a%20', 'x'.repeat(65), '']) {
      const answer = await create({ username, email: 'url@example.com', name: 'x' });
      expect(errorOf(answer).paths).toStrictEqual(['body.username']);
    }
    expect((await create({ username: 'x'.repeat(64), email: 'url@example.com', name: 'x' })).statusCode).toBe(201);
  });

  it('lets only one of many win that want one name and one address at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        create({ username: index % 2 ? 'race' : 'RACE', email: index % 2 ? 'race@x.org' : 'RACE@x.org', name: 'x' }),
      ),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(9);
  });
});

describe('changing a user', () => {
  it('leaves what is absent, and moves between the lists of types', async () => {
    const username = await anyUser();
    const { json } = await change(username, { name: 'New', userType: 'BUSINESS' });
    expect([json.Name, json.Email, json.UserType]).toStrictEqual(['New', `${username}@example.com`, 'BUSINESS']);
    const names = async (query: string) => listed.parse((await list(query)).json).map(({ Username }) => Username);
    expect(await names('userType=BUSINESS&limit=100')).toContain(username);
    expect(await names('userType=CUSTOMER&limit=100')).not.toContain(username);
  });

  it('moves the e-mail address: the old one is free, the new one is not', async () => {
    const username = await anyUser();
    const { statusCode, json } = await change(username, { email: 'moved@example.com' });
    expect([statusCode, json.Email]).toStrictEqual([200, 'moved@example.com']);
    expect((await item(getUser, username)).json).toStrictEqual(json);
    const other = await anyUser();
    expect(errorOf(await change(other, { email: 'MOVED@example.com' })).paths).toStrictEqual(['body.email']);
    expect((await item(getUser, other)).json.Email).toBe(`${other}@example.com`);
    expect((await change(other, { email: `${username}@example.com` })).statusCode).toBe(200);
  });

  it('takes another spelling of the own address', async () => {
    const username = await anyUser();
    const { json } = await change(username, { email: `${username.toUpperCase()}@Example.com` });
    expect(json.Email).toBe(`${username.toUpperCase()}@Example.com`);
    const answer = await create({ username: 'speller', email: `${username}@example.com`, name: 'x' });
    expect(errorOf(answer).paths).toStrictEqual(['body.email']);
  });

  it('keeps one address a user when two changes race', async () => {
    const username = await anyUser();
    const emails = ['race1@example.com', 'race2@example.com', 'race3@example.com'];
    const answers = await Promise.all(emails.map((email) => change(username, { email })));
    expect(answers.some(({ statusCode }) => statusCode === 200)).toBe(true);
    const kept = (await item(getUser, username)).json.Email;
    for (const email of [...emails, `${username}@example.com`]) {
      const answer = await create({ username: await unusedName(), email, name: 'x' });
      expect(answer.statusCode).toBe(email === kept ? 409 : 201);
    }
  });

  it('refuses an empty change and unknown users', async () => {
    expect(errorOf(await change(await anyUser(), {})).statusCode).toBe(400);
    expect(errorOf(await change('nobody', { name: 'x' })).statusCode).toBe(404);
    expect(errorOf(await change('nobody', { email: 'nobody@example.com' })).statusCode).toBe(404);
  });
});

async function unusedName(): Promise<string> {
  return `unused${number++}`;
}

describe('the postal address', () => {
  it('is set by body and by query', async () => {
    const username = await anyUser();
    const put = await item(setAddress, username, { method: 'PUT', body: { address: '1 Main St' } });
    expect(put.json.Address).toBe('1 Main St');
    const query = new URLSearchParams({ username, new_address: 'Straße 2 & Co, ü 🌱' }).toString();
    const edited = await call(editAddress, { method: 'POST', path: '/edit-address', query });
    expect(edited.json).toStrictEqual({ message: `Address of ${username} updated successfully` });
    expect((await item(getUser, username)).json.Address).toBe('Straße 2 & Co, ü 🌱');
  });

  it('needs a user and a text', async () => {
    const put = await item(setAddress, 'nobody', { method: 'PUT', body: { address: 'x' } });
    expect(errorOf(put).statusCode).toBe(404);
    const edit = (query: string) => call(editAddress, { method: 'POST', path: '/edit-address', query });
    expect(errorOf(await edit('username=nobody&new_address=x')).statusCode).toBe(404);
    expect(errorOf(await edit('new_address=')).paths).toStrictEqual(['query.username', 'query.new_address']);
  });
});

describe('the list of users', () => {
  it('pages through a type to the end, newest first', async () => {
    const mine: string[] = [];
    for (let count = 0; count < 7; count++) {
      // Users of the same millisecond are in no order of time.
      for (const start = Date.now(); Date.now() === start; );
      mine.unshift(await anyUser({ userType: 'BUSINESS' }));
    }
    const seen: string[] = [];
    let query: string | undefined = 'userType=BUSINESS&limit=3';
    while (query !== undefined) {
      const { json, headers } = await list(query);
      seen.push(...listed.parse(json).map(({ Username }) => Username));
      const target: string | undefined = /^<\?(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      query = target;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((username) => mine.includes(username))).toStrictEqual(mine);
  });

  it('needs a type, and a token of that type', async () => {
    await anyUser();
    await anyUser();
    const { headers } = await list('userType=CUSTOMER&limit=1');
    const token = /nextToken=([^>&]+)/.exec(headers.link ?? '')?.[1];
    expect((await list(`userType=CUSTOMER&nextToken=${token}`)).statusCode).toBe(200);
    expect(errorOf(await list(`userType=BUSINESS&nextToken=${token}`)).paths).toStrictEqual(['query.nextToken']);
    expect(errorOf(await list('limit=0')).paths).toStrictEqual(['query.userType', 'query.limit']);
  });
});

describe('deleting a user', () => {
  it('frees name and address of a user without orders', async () => {
    const username = await anyUser();
    expect((await item(deleteUser, username, { method: 'DELETE' })).statusCode).toBe(204);
    expect(errorOf(await item(getUser, username)).statusCode).toBe(404);
    expect(errorOf(await item(deleteUser, username, { method: 'DELETE' })).statusCode).toBe(404);
    expect((await create({ username, email: `${username}@example.com`, name: 'Next' })).statusCode).toBe(201);
  });
});

describe('a caller', () => {
  const as = (sub: string, username: string) => {
    const address = { address: 'Somewhere 1' };
    const query = `username=${username}&new_address=Somewhere+1`;
    const user = { username, email: `${username}@example.com`, name: 'Any' };
    return [
      () => call(addUser, { method: 'POST', path: '/add_user', body: user, sub }),
      () => item(getUser, username, { sub }),
      () => item(changeUser, username, { method: 'PUT', body: { name: 'Other' }, sub }),
      () => item(setAddress, username, { method: 'PUT', body: address, sub }),
      () => call(editAddress, { method: 'POST', path: '/edit-address', query, sub }),
      () => item(deleteUser, username, { method: 'DELETE', sub }),
      () => call(createUser, { method: 'POST', path: '/users', body: user, sub }),
    ];
  };

  it('acts on the user who is called as its subject, in any case, and is counted', async () => {
    const username = await anyUser();
    await item(deleteUser, username, { method: 'DELETE' });
    const added = jest.spyOn(service.metrics, 'addMetric');
    const statuses: number[] = [];
    for (const act of as(username, username.toUpperCase())) statuses.push((await act()).statusCode);
    expect(statuses).toStrictEqual([200, 200, 200, 200, 200, 204, 201]);
    expect(added.mock.calls.map(([name, , value]) => [name, value])).toStrictEqual([
      ['UsersAdded', 1],
      ['UsersDeleted', 1],
      ['UsersAdded', 1],
    ]);
  });

  it('does not act on another user, nor on one whose name only looks like the subject', async () => {
    const username = await anyUser();
    for (const sub of ['mallory', username.toUpperCase(), `${username} `]) {
      for (const act of as(sub, username)) expect((await act()).statusCode).toStrictEqual(403);
    }
    expect((await item(getUser, username)).json.Name).toBe('Any');
  });
});
