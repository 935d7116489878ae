import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, describe, it, type TestContext } from 'node:test';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose';
import { ManualClock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { createJwtVerifier } from './jwt.ts';

let keys: GenerateKeyPairResult;
let otherKeys: GenerateKeyPairResult;
before(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  otherKeys = await generateKeyPair('RS256', { extractable: true });
});

type Published = Record<string, GenerateKeyPairResult>;

/** An issuer over HTTP, counting how often it is asked. */
async function startIssuer(t: TestContext, published: Published = { k1: keys }) {
  const asked: string[] = [];
  let broken = false;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = request.url === '/jwks' ? jwks(published) : Promise.resolve({ jwks_uri: `${issuer()}/jwks` });
    void body.then((document) => response.end(broken ? 'out of order' : JSON.stringify(document)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const issuer = () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  };
  const clock = new ManualClock();
  const now = Math.floor(clock.now() / 1000);
  const sign = (claims: JsonObject = {}, { alg = 'RS256', kid = 'k1', by = keys } = {}) =>
    new SignJWT({ iss: issuer(), aud: 'shop', exp: now + 60, iat: now, sub: 'alice', ...claims })
      .setProtectedHeader({ alg, ...(kid !== '' && { kid }) })
      .sign(by.privateKey);
  return {
    asked,
    break: (value: boolean) => {
      broken = value;
    },
    clock,
    issuer: issuer(),
    now,
    published,
    sign,
    verify: createJwtVerifier(clock),
  };
}

async function jwks(published: Published): Promise<object> {
  const entries = Object.entries(published);
  return {
    keys: await Promise.all(entries.map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid }))),
  };
}

const shop = (issuer: string, scopes?: string[]) => ({ issuer, audience: ['shop', 'admin'], scopes });

describe('verifying a JWT', () => {
  it('takes a good token and yields its claims and scopes', async (t) => {
    const { verify, sign, issuer } = await startIssuer(t);
    const result = await verify(await sign({ scope: 'read write', groups: ['a'] }), shop(issuer));
    assert.ok(result.ok);
    assert.deepEqual(result.scopes, ['read', 'write']);
    assert.deepEqual([result.claims.sub, result.claims.groups], ['alice', ['a']]);
  });

  it('says in www-authenticate why it refuses', async (t) => {
    const { verify, sign, issuer, now } = await startIssuer(t);
    const reasonFor = async (token: string) => {
      const result = await verify(token, shop(issuer));
      assert.ok(!result.ok);
      assert.equal(result.status, 401);
      return /^Bearer scope="" error="invalid_token" error_description="(.+)"$/.exec(result.wwwAuthenticate)?.[1];
    };
    assert.equal(await reasonFor(await sign({ aud: 'other' })), 'the token does not have a valid audience');
    assert.equal(await reasonFor(await sign({ exp: now })), 'the token has expired');
    assert.equal(await reasonFor(await sign({ nbf: now + 1 })), 'the token is not valid yet');
    assert.equal(await reasonFor(await sign({ iat: now + 1 })), 'the token is not valid yet');
    assert.equal(await reasonFor(await sign({ iss: 'https://elsewhere' })), 'the token does not have a valid issuer');
    assert.equal(await reasonFor(await sign({}, { by: otherKeys })), 'the token has an invalid signature');
    assert.equal(await reasonFor(await sign({}, { kid: 'k2' })), 'the token has an invalid signature');
    assert.equal(await reasonFor(await sign({}, { kid: '' })), 'the token does not name a key');
    for (const token of ['', 'abc', 'a.b.c', '..', 'e30.e30.x']) {
      assert.match(String(await reasonFor(token)), /malformed|algorithm/, token);
    }
  });

  it('refuses unsigned tokens and secrets made of the public key', async (t) => {
    const { verify, sign, issuer, now } = await startIssuer(t);
    const [, payload = ''] = (await sign()).split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = await verify(`${encode({ alg: 'none', kid: 'k1' })}.${payload}.`, shop(issuer));
    assert.equal(none.ok, false);
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const symmetric = await new SignJWT({ iss: issuer, aud: 'shop', exp: now + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(secret);
    assert.equal((await verify(symmetric, shop(issuer))).ok, false);
  });

  it('compares client_id with the audience only when there is no aud', async (t) => {
    const { verify, now, issuer } = await startIssuer(t);
    const sign = (claims: JsonObject) =>
      new SignJWT({ iss: issuer, exp: now + 60, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(keys.privateKey);
    const isTaken = async (claims: JsonObject) => (await verify(await sign(claims), shop(issuer))).ok;
    assert.equal(await isTaken({ client_id: 'shop' }), true);
    assert.equal(await isTaken({ aud: 'other', client_id: 'shop' }), false);
    assert.equal(await isTaken({ aud: ['other', 'admin'] }), true);
    assert.equal(await isTaken({}), false);
  });

  it('refuses a token that never ends, and one whose times are no numbers', async (t) => {
    const { verify, now, issuer } = await startIssuer(t);
    const isTaken = async (times: JsonObject) => {
      const token = new SignJWT({ iss: issuer, aud: 'shop', ...times }).setProtectedHeader({ alg: 'RS256', kid: 'k1' });
      return (await verify(await token.sign(keys.privateKey), shop(issuer))).ok;
    };
    assert.equal(await isTaken({ exp: now + 60 }), true);
    for (const times of [{}, { exp: 'never' }, { exp: now + 60, nbf: '0' }, { exp: now + 60, iat: null }]) {
      assert.equal(await isTaken(times), false, JSON.stringify(times));
    }
  });

  it('asks for one of the scopes, in scope or scp', async (t) => {
    const { verify, sign, issuer } = await startIssuer(t);
    const withScopes = async (claims: JsonObject) => verify(await sign(claims), shop(issuer, ['write', 'admin']));
    assert.equal((await withScopes({ scope: 'read write' })).ok, true);
    assert.equal((await withScopes({ scp: ['admin'] })).ok, true);
    const refused = await withScopes({ scope: 'read' });
    assert.ok(!refused.ok);
    assert.equal(refused.status, 403);
    assert.match(refused.wwwAuthenticate, /^Bearer scope="write admin" error="insufficient_scope"/);
  });

  it('keeps keys for two hours and looks again for a key that it does not know', async (t) => {
    const { verify, sign, issuer, asked, clock, published, now } = await startIssuer(t);
    const exp = now + 100_000;
    const isTaken = async (kid = 'k1', by = keys) => (await verify(await sign({ exp }, { kid, by }), shop(issuer))).ok;
    assert.deepEqual([await isTaken(), await isTaken()], [true, true]);
    assert.equal(asked.length, 2);
    assert.equal(await isTaken('k2', otherKeys), false);
    assert.equal(asked.length, 2, 'not again within seconds');
    published.k2 = otherKeys;
    await clock.advance(10_000);
    assert.equal(await isTaken('k2', otherKeys), true);
    assert.equal(asked.length, 4);
    await clock.advance(2 * 60 * 60 * 1000);
    assert.equal(await isTaken(), true);
    assert.equal(asked.length, 6);
  });

  it('tells an issuer that cannot be reached, and asks it again next time', async (t) => {
    const { verify, sign, issuer, break: setBroken } = await startIssuer(t);
    setBroken(true);
    const refused = await verify(await sign(), shop(issuer));
    assert.ok(!refused.ok);
    assert.match(refused.wwwAuthenticate, /OIDC discovery endpoint communication error/);
    setBroken(false);
    assert.equal((await verify(await sign(), shop(issuer))).ok, true);
  });
});
