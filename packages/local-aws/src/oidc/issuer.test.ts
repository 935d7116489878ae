import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as z from 'zod';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { issuerWithPages } from './issuer.fixture.ts';

const answerSchema = z.object({
  access_token: z.string(),
  token_type: z.string(),
  expires_in: z.number(),
  scope: z.string(),
});
const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const keySetSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

async function read<T>(schema: z.ZodType<T>, response: Promise<Response>): Promise<T> {
  return schema.parse(await (await response).json());
}

async function start(t: TestContext, state: StateStore = noStateStore) {
  const clock = new ManualClock();
  const url = () => `http://localhost:${edge.port}`;
  const edge = await startEdge({
    port: 0,
    apis: {},
    frontends: [],
    pages: issuerWithPages({ clock, state, url }).pages,
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => edge.close());
  const issuer = `${url()}/_local/oidc`;
  return { clock, issuer, token: (init?: RequestInit, query = '') => fetch(`${issuer}/token${query}`, init) };
}

describe('the local OIDC issuer', () => {
  it('signs tokens that verify by its discovery document', async (t) => {
    const { issuer, token, clock } = await start(t);
    const body = new URLSearchParams({ sub: 'alice', scopes: 'tasks:read tasks:write', audience: 'shop' });
    const answer = await read(answerSchema, token({ method: 'POST', body }));
    assert.equal(answer.token_type, 'Bearer');
    assert.equal(answer.expires_in, 3600);
    assert.equal(answer.scope, 'tasks:read tasks:write');
    const discovery = await read(discoverySchema, fetch(`${issuer}/.well-known/openid-configuration`));
    assert.equal(discovery.issuer, issuer);
    const { payload } = await jwtVerify(answer.access_token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      issuer,
      audience: 'shop',
      algorithms: ['RS256'],
      currentDate: new Date(clock.now()),
    });
    assert.equal(payload.sub, 'alice');
    assert.equal(payload.scope, 'tasks:read tasks:write');
  });

  it('takes further claims, but not in place of the registered ones', async (t) => {
    const { issuer, token, clock } = await start(t);
    const claims = JSON.stringify({ email: 'a@example.com', sub: 'mallory', iss: 'x', exp: 1 });
    const query = `?${new URLSearchParams({ sub: 'alice', claims, expiresIn: '5' })}`;
    const payload = decodeJwt((await read(answerSchema, token({}, query))).access_token);
    assert.equal(payload.email, 'a@example.com');
    assert.deepEqual([payload.sub, payload.iss], ['alice', issuer]);
    assert.equal(payload.exp, clock.now() / 1000 + 5);
  });

  it('answers 400 to a request that makes no sense', async (t) => {
    const { token } = await start(t);
    for (const query of ['', '?sub=', '?sub=a&expiresIn=soon', '?sub=a&claims=[]', '?sub=a&claims=x', '?sub=a&x=1']) {
      assert.equal((await token({}, query)).status, 400, query);
    }
  });

  it('keeps no private part in its key set, and its key across a restart', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'oidc-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const keySet = async () => {
      const state = openStateStore(directory);
      const { issuer } = await start(t, state);
      const answer = await read(keySetSchema, fetch(`${issuer}/jwks.json`));
      await state.close();
      return answer;
    };
    const first = await keySet();
    assert.deepEqual(Object.keys(first.keys[0] ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    assert.deepEqual(await keySet(), first);
  });
});
