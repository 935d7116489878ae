import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { restEvent } from '#test/support/rest-event.ts';
import { tokenAuthorizer } from './token-authorizer.ts';

const keys = await generateKeyPair('RS256', { extractable: true });
const otherKeys = await generateKeyPair('RS256');

let answersLeftOut = 0;
let keysPage: 'whole' | 'gone' | 'cut off' | 'no keys' = 'whole';
let discoveries = 0;
const server = createServer(async ({ url }, response) => {
  if (answersLeftOut-- > 0) return response.writeHead(503).end();
  if (url === '/.well-known/openid-configuration') {
    discoveries += 1;
    return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
  }
  if (url !== '/keys' || keysPage === 'gone') return response.writeHead(404).end();
  if (keysPage === 'cut off') return response.destroy();
  const key = { ...(await exportJWK(keys.publicKey)), use: 'sig' };
  const known = [
    { ...key, kid: 'one', alg: 'RS256' },
    { ...key, kid: 'any' },
  ];
  return response.end(JSON.stringify({ keys: keysPage === 'no keys' ? 'x' : known }));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const address = server.address();
const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

before(() => {
  Object.assign(process.env, { OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'shop', POWERTOOLS_LOG_LEVEL: 'SILENT' });
});

type Token = {
  readonly [claim in keyof JWTPayload]?: unknown;
} & {
  readonly key?: typeof keys.privateKey;
  readonly expiresIn?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string;
};

const standard = { iss: issuer, aud: 'shop', sub: 'alice', scope: 'users/read users/write' };
const tokenOf = ({ key = keys.privateKey, alg = 'RS256', ...rest }: Token = {}) => {
  const { kid, expiresIn, ...claims } = {
    kid: 'one',
    expiresIn: '1h',
    iat: Math.floor(Date.now() / 1000),
    ...standard,
    ...rest,
  };
  const token = new SignJWT(JSON.parse(JSON.stringify(claims)));
  token.setProtectedHeader({ alg, ...(kid !== undefined && { kid }) });
  if (expiresIn !== undefined) token.setExpirationTime(expiresIn);
  return token.sign(key);
};
/** Signs what `tokenOf` makes with another algorithm of the same kind of key, which names none. */
const signedBy = async (alg: string) => {
  const key = await importJWK({ ...(await exportJWK(keys.privateKey)), alg });
  assert.ok(key instanceof CryptoKey);
  return tokenOf({ key, alg, kid: 'any' });
};

const stageArn = 'arn:aws:execute-api:us-east-1:000000000000:abc123/dev';

function eventWith(headers: Record<string, string>): APIGatewayRequestAuthorizerEvent {
  const { body: _body, isBase64Encoded: _encoded, ...event } = restEvent({ path: '/users/alice', headers });
  const { authorizer: _authorizer, ...requestContext } = event.requestContext;
  return {
    ...event,
    type: 'REQUEST',
    methodArn: `${stageArn}/GET/users/alice`,
    requestContext: { ...requestContext, authorizer: undefined },
  };
}

const bearer = (token: string) => eventWith({ Authorization: `Bearer ${token}` });
const authorizer = () =>
  tokenAuthorizer({ service: 'users', readRoutes: ['GET/users/?*'], adminRoutes: ['GET/users'] });
const statements = async (token: string) =>
  (await authorizer()(bearer(token))).policyDocument.Statement.map((statement) => [
    statement.Effect,
    ...('Resource' in statement ? [statement.Resource].flat() : []).map((arn) =>
      String(arn).slice(stageArn.length + 1),
    ),
  ]);
const refused = (event: APIGatewayRequestAuthorizerEvent) =>
  assert.rejects(authorizer()(event), (error: Error) => error.message === 'Unauthorized');

describe('the authorizer of tokens', () => {
  it('hands the subject and the scopes of a token on', async () => {
    const token = await tokenOf();
    const { principalId, context } = await authorizer()(bearer(token));
    const { exp } = decodeJwt(token);
    assert.deepEqual(
      { principalId, context },
      { principalId: 'alice', context: { sub: 'alice', scope: 'users/read users/write', exp } },
    );
  });

  it('opens to each scope its methods for the whole API, since API Gateway keeps the answer', async () => {
    const read = 'GET/users/?*';
    const write = ['POST/*', 'PUT/*', 'PATCH/*', 'DELETE/*'];
    assert.deepEqual(await statements(await tokenOf({ scope: 'users/read' })), [['Allow', read]]);
    assert.deepEqual(await statements(await tokenOf()), [['Allow', read, ...write]]);
    assert.deepEqual(await statements(await tokenOf({ scope: 'users/admin' })), [['Allow', 'GET/users']]);
  });

  it('opens every GET to the scope read of an API that has nothing to administer', async () => {
    const { policyDocument } = await tokenAuthorizer({ service: 'users' })(
      bearer(await tokenOf({ scope: 'users/read' })),
    );
    assert.partialDeepStrictEqual(policyDocument.Statement, [{ Effect: 'Allow', Resource: [`${stageArn}/GET/*`] }]);
  });

  it('opens nothing to scopes of another service', async () => {
    assert.deepEqual(await statements(await tokenOf({ scope: 'tasks/read users users/readx' })), [['Deny', '*']]);
  });

  it('takes scopes as a list and the client as the audience, as issuers write them', async () => {
    const token = await tokenOf({ scope: undefined, scp: ['users/read'], aud: undefined, client_id: 'shop' });
    assert.equal((await authorizer()(bearer(token))).context?.scope, 'users/read');
  });

  it('finds the header in any case, with and without the word Bearer', async () => {
    const token = await tokenOf();
    for (const header of [{ authorization: token }, { AUTHORIZATION: `bearer  ${token}` }]) {
      assert.equal((await authorizer()(eventWith(header))).principalId, 'alice');
    }
  });

  it('refuses what is no token, or one that does not count', async () => {
    const [head, body] = (await tokenOf()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await refused(eventWith({}));
    await refused(bearer('nonsense'));
    await refused(bearer(`${none}.${body}.`));
    await refused(bearer(`${head}.${body}.c2lnbmF0dXJl`));
    await refused(bearer(await tokenOf({ key: otherKeys.privateKey })));
    await refused(bearer(await tokenOf({ expiresIn: '-1m' })));
    await refused(bearer(await tokenOf({ expiresIn: undefined })));
    await refused(bearer(await tokenOf({ nbf: Math.floor(Date.now() / 1000) + 60 })));
    await refused(bearer(await tokenOf({ iss: 'https://elsewhere.example.com' })));
    await refused(bearer(await tokenOf({ aud: 'another' })));
    await refused(bearer(await tokenOf({ aud: undefined })));
    await refused(bearer(await tokenOf({ aud: 'another', client_id: 'shop' })));
    await refused(bearer(await tokenOf({ iat: Math.floor(Date.now() / 1000) + 60 })));
    await refused(bearer(await tokenOf({ kid: undefined })));
    for (const sub of [undefined, '', 5, 0, true, { name: 'alice' }, ['alice']]) {
      await refused(bearer(await tokenOf({ sub })));
    }
  });

  it('takes the algorithms that the JWT authorizer of an HTTP API takes, and no others', async () => {
    for (const alg of ['RS256', 'RS384', 'RS512']) {
      assert.equal((await authorizer()(bearer(await signedBy(alg)))).principalId, 'alice', alg);
    }
    await refused(bearer(await signedBy('PS256')));
  });

  it('finds the keys of an issuer whose name ends with a slash', async () => {
    const iss = `${issuer}/`;
    process.env.OIDC_ISSUER = iss;
    const authorize = authorizer();
    process.env.OIDC_ISSUER = issuer;
    assert.equal((await authorize(bearer(await tokenOf({ iss })))).principalId, 'alice');
  });

  it('refuses a token that is signed with the public key as a secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const token = await new SignJWT({ iss: issuer, aud: 'shop', sub: 'alice' })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(secret);
    await refused(bearer(token));
  });

  it('fails, and does not refuse, while the issuer does not answer; and asks it again', async () => {
    const authorize = authorizer();
    const event = bearer(await tokenOf());
    answersLeftOut = 1;
    await assert.rejects(authorize(event), /answered 503/);
    assert.equal((await authorize(event)).principalId, 'alice');
    discoveries = 0;
    assert.equal((await authorize(event)).principalId, 'alice');
    assert.equal(discoveries, 0);
  });

  it('fails, and does not refuse, while there are no keys to hold a token to', async () => {
    const event = bearer(await tokenOf());
    for (const page of ['gone', 'cut off', 'no keys'] as const) {
      keysPage = page;
      await assert.rejects(authorizer()(event), (error: Error) => error.message !== 'Unauthorized', page);
    }
    keysPage = 'whole';
  });

  it('logs why it refused, and as an error only what is not the fault of the token; never the token', async (t) => {
    // In this mode Powertools writes through the console, which a test can listen to.
    Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_LOG_LEVEL: 'INFO' });
    const authorize = authorizer();
    Object.assign(process.env, { POWERTOOLS_DEV: 'false', POWERTOOLS_LOG_LEVEL: 'SILENT' });
    const lines: string[] = [];
    for (const method of ['info', 'error'] as const) t.mock.method(console, method, (line: string) => lines.push(line));
    const event = bearer(await tokenOf({ aud: 'another' }));
    answersLeftOut = 1;
    await assert.rejects(authorize(event), /answered 503/);
    await assert.rejects(authorize(event), /Unauthorized/);
    const [failure, refusal, ...others] = lines.map((line) => JSON.parse(line));
    assert.deepEqual([failure.level, failure.message], ['ERROR', 'Token could not be verified']);
    assert.match(failure.error.message, /answered 503/);
    assert.deepEqual([refusal.level, refusal.message, refusal.reason], ['INFO', 'Token refused', 'audience']);
    assert.deepEqual(others, []);
    assert.ok(!lines.join().includes(event.headers?.Authorization ?? ''));
  });
});
