import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
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
afterAll(() => {
  server.close();
});
const address = server.address();
const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

beforeAll(() => {
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
  if (key instanceof Uint8Array) throw new Error('a JWK of RSA is a key pair');
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
  expect(authorizer()(event)).rejects.toMatchObject({ message: 'Unauthorized' });

describe('the authorizer of tokens', () => {
  it('hands the subject and the scopes of a token on', async () => {
    const token = await tokenOf();
    const { principalId, context } = await authorizer()(bearer(token));
    const { exp } = decodeJwt(token);
    expect({ principalId, context }).toStrictEqual({
      principalId: 'alice',
      context: { sub: 'alice', scope: 'users/read users/write', exp },
    });
  });

  it('opens to each scope its methods for the whole API, since API Gateway keeps the answer', async () => {
    const read = 'GET/users/?*';
    const write = ['POST/*', 'PUT/*', 'PATCH/*', 'DELETE/*'];
    expect(await statements(await tokenOf({ scope: 'users/read' }))).toStrictEqual([['Allow', read]]);
    expect(await statements(await tokenOf())).toStrictEqual([['Allow', read, ...write]]);
    expect(await statements(await tokenOf({ scope: 'users/admin' }))).toStrictEqual([['Allow', 'GET/users']]);
  });

  it('opens every GET to the scope read of an API that has nothing to administer', async () => {
    const { policyDocument } = await tokenAuthorizer({ service: 'users' })(
      bearer(await tokenOf({ scope: 'users/read' })),
    );
    expect(policyDocument.Statement).toMatchObject([{ Effect: 'Allow', Resource: [`${stageArn}/GET/*`] }]);
  });

  it('opens nothing to scopes of another service', async () => {
    expect(await statements(await tokenOf({ scope: 'tasks/read users users/readx' }))).toStrictEqual([['Deny', '*']]);
  });

  it('takes scopes as a list and the client as the audience, as issuers write them', async () => {
    const token = await tokenOf({ scope: undefined, scp: ['users/read'], aud: undefined, client_id: 'shop' });
    expect((await authorizer()(bearer(token))).context?.scope).toBe('users/read');
  });

  it('finds the header in any case, with and without the word Bearer', async () => {
    const token = await tokenOf();
    for (const header of [{ authorization: token }, { AUTHORIZATION: `bearer  ${token}` }]) {
      expect((await authorizer()(eventWith(header))).principalId).toBe('alice');
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
      expect((await authorizer()(bearer(await signedBy(alg)))).principalId).toBe('alice');
    }
    await refused(bearer(await signedBy('PS256')));
  });

  it('finds the keys of an issuer whose name ends with a slash', async () => {
    const iss = `${issuer}/`;
    process.env.OIDC_ISSUER = iss;
    const authorize = authorizer();
    process.env.OIDC_ISSUER = issuer;
    expect((await authorize(bearer(await tokenOf({ iss })))).principalId).toBe('alice');
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
    await expect(authorize(event)).rejects.toThrow(/answered 503/);
    expect((await authorize(event)).principalId).toBe('alice');
    discoveries = 0;
    expect((await authorize(event)).principalId).toBe('alice');
    expect(discoveries).toBe(0);
  });

  it('fails by name for an event that is no request to authorize', async () => {
    for (const event of [null, 'text', {}, { headers: {} }]) {
      await expect(Reflect.apply(authorizer(), undefined, [event])).rejects.toThrow(
        /^The event must be a request to authorize, with methodArn: it /,
      );
    }
  });

  it('fails, and does not refuse, while there are no keys to hold a token to', async () => {
    const event = bearer(await tokenOf());
    for (const page of ['gone', 'cut off', 'no keys'] as const) {
      keysPage = page;
      await expect(authorizer()(event)).rejects.toMatchObject({ message: expect.not.stringMatching(/^Unauthorized$/) });
    }
    keysPage = 'whole';
  });

  it('logs why it refused, and as an error only what is not the fault of the token; never the token', async () => {
    // In this mode Powertools writes through the console, which a test can listen to.
    Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_LOG_LEVEL: 'INFO' });
    const authorize = authorizer();
    Object.assign(process.env, { POWERTOOLS_DEV: 'false', POWERTOOLS_LOG_LEVEL: 'SILENT' });
    const lines: string[] = [];
    for (const method of ['info', 'error'] as const)
      jest.spyOn(console, method).mockImplementation((line: string) => lines.push(line));
    const event = bearer(await tokenOf({ aud: 'another' }));
    answersLeftOut = 1;
    await expect(authorize(event)).rejects.toThrow(/answered 503/);
    await expect(authorize(event)).rejects.toThrow(/Unauthorized/);
    const [failure, refusal, ...others] = lines.map((line) => JSON.parse(line));
    expect([failure.level, failure.message]).toStrictEqual(['ERROR', 'Token could not be verified']);
    expect(failure.error.message).toMatch(/answered 503/);
    expect([refusal.level, refusal.message, refusal.reason]).toStrictEqual(['INFO', 'Token refused', 'audience']);
    expect(others).toStrictEqual([]);
    expect(lines.join()).not.toContain(event.headers?.Authorization ?? '');
  });
});
