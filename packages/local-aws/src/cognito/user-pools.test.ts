import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { ManualClock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { ResourceState } from '../core/resource-type.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { OidcIssuer } from '../oidc/issuer.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { UserPools } from './user-pools.ts';

const context = {
  stackName: 'platform-local',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/platform-local/1',
  region: 'us-east-1',
  tags: {},
};
const oauth = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['tasks/read'],
};

function start(state: StateStore = noStateStore) {
  const clock = new ManualClock();
  const notes: string[] = [];
  const pools = new UserPools({ state, issuer: new OidcIssuer({ clock, state }), onNote: (text) => notes.push(text) });
  const typeOf = (name: string) => {
    const found = pools.resourceTypes.find(({ type }) => type === `AWS::Cognito::${name}`);
    assert.ok(found, name);
    return found;
  };
  const make = (type: string, properties: JsonObject, logicalId = type): Promise<ResourceState> => {
    typeOf(type).validate(properties, logicalId);
    return typeOf(type).create(properties, { ...context, logicalId });
  };
  return {
    clock,
    pools,
    notes,
    typeOf,
    make,
    /** A pool whose server `tasks` has the scopes read and write. */
    async makePool() {
      const { physicalId: pool } = await make('UserPool', { UserPoolName: 'people' });
      const Scopes = ['read', 'write'].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName }));
      await make('UserPoolResourceServer', { UserPoolId: pool, Identifier: 'tasks', Name: 'Tasks', Scopes });
      return pool;
    },
  };
}

describe('user pools as resources', () => {
  it('have the ids and attributes that AWS gives them', async () => {
    const { make } = start();
    const { physicalId: id, attributes } = await make('UserPool', { UserPoolName: 'people' });
    assert.match(id, /^us-east-1_[a-zA-Z0-9]{9}$/);
    assert.deepEqual(attributes, {
      Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${id}`,
      UserPoolId: id,
      ProviderName: `cognito-idp.us-east-1.amazonaws.com/${id}`,
      ProviderURL: `https://cognito-idp.us-east-1.amazonaws.com/${id}`,
    });
    const client = await make('UserPoolClient', { UserPoolId: id, ClientName: 'web', GenerateSecret: true });
    assert.match(client.physicalId, /^[a-z0-9]{26}$/);
    assert.deepEqual([client.attributes.ClientId, client.attributes.Name], [client.physicalId, 'web']);
    assert.match(String(client.attributes.ClientSecret), /^[a-z0-9]{51}$/);
    const domain = await make('UserPoolDomain', { UserPoolId: id, Domain: 'people-local' });
    assert.equal(domain.physicalId, 'people-local');
    const server = await make('UserPoolResourceServer', { UserPoolId: id, Identifier: 'tasks', Name: 'Tasks' });
    assert.equal(server.physicalId, 'tasks');
  });

  it('refuse clients as Amazon Cognito does', async () => {
    const { make, makePool } = start();
    const UserPoolId = await makePool();
    const refused: readonly [properties: JsonObject, code: string][] = [
      [{ ...oauth, AllowedOAuthScopes: ['tasks/all'] }, 'ScopeDoesNotExistException'],
      [{ ...oauth, AllowedOAuthFlows: [] }, 'InvalidParameterException'],
      [{ ...oauth, AllowedOAuthFlows: ['client_credentials'] }, 'InvalidOAuthFlowException'],
      [
        { ...oauth, AllowedOAuthFlows: ['client_credentials', 'code'], GenerateSecret: true },
        'InvalidOAuthFlowException',
      ],
      [{ AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'minutes' } }, 'InvalidParameterException'],
    ];
    for (const [properties, code] of refused) {
      await assert.rejects(make('UserPoolClient', { UserPoolId, ...properties }), { code });
    }
    await assert.rejects(make('UserPoolClient', { UserPoolId: 'us-east-1_none' }), {
      code: 'ResourceNotFoundException',
    });
  });

  it('refuse what they would have to ignore', async () => {
    const { make } = start();
    await assert.rejects(
      async () => make('UserPool', { LambdaConfig: { PreSignUp: 'arn' } }),
      /unsupported property LambdaConfig/,
    );
    const custom = { UserPoolId: 'p', Domain: 'auth.example.com', CustomDomainConfig: { CertificateArn: 'arn' } };
    await assert.rejects(async () => make('UserPoolDomain', custom), /unsupported property CustomDomainConfig/);
  });

  it('have one domain, that no other pool has, and go only without it and unprotected', async () => {
    const { make, typeOf } = start();
    const properties = { DeletionProtection: 'ACTIVE' };
    const pool = await make('UserPool', properties);
    const other = await make('UserPool', {}, 'Other');
    const domain = { UserPoolId: pool.physicalId, Domain: 'people' };
    const made = await make('UserPoolDomain', domain);
    for (const taken of [
      { ...domain, Domain: 'second' },
      { ...domain, UserPoolId: other.physicalId },
    ]) {
      await assert.rejects(make('UserPoolDomain', taken), { code: 'InvalidParameterException' });
    }
    const type = typeOf('UserPool');
    const here = { ...context, logicalId: 'UserPool' };
    await assert.rejects(type.delete(pool, properties, here), /deletion protection is activated/);
    await type.update({}, { properties, state: pool }, here);
    await assert.rejects(type.delete(pool, {}, here), /It has a domain configured/);
    await typeOf('UserPoolDomain').delete(made, domain, here);
    await type.delete(pool, {}, here);
    await type.delete(pool, {}, here);
  });

  it('are there after a restart', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'pools-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const state = openStateStore(directory);
    const id = await start(state).makePool();
    await state.close();
    assert.equal(start(openStateStore(directory)).pools.has(id), true);
  });
});

describe('tokens of a user pool', () => {
  it('have the claims of Amazon Cognito’s access tokens', async () => {
    const { pools, make, makePool, clock } = start();
    const pool = await makePool();
    const validity = { AccessTokenValidity: 10, TokenValidityUnits: { AccessToken: 'minutes' } };
    const client = await make('UserPoolClient', { UserPoolId: pool, ...oauth, ...validity });
    const claims = { 'cognito:groups': ['admins'], username: 'Alice', iss: 'mine', token_use: 'id' };
    const issued = await pools.issueToken({ pool, sub: 'alice', scopes: ['tasks/read'], claims });
    const { origin_jti, event_id, jti, ...rest } = decodeJwt(issued.token);
    const now = clock.now() / 1000;
    assert.deepEqual(rest, {
      sub: 'alice',
      username: 'Alice',
      'cognito:groups': ['admins'],
      iss: `https://cognito-idp.us-east-1.amazonaws.com/${pool}`,
      client_id: client.physicalId,
      scope: 'tasks/read',
      token_use: 'access',
      version: 2,
      auth_time: now,
      iat: now,
      exp: now + 600,
    });
    for (const id of [origin_jti, event_id, jti]) assert.match(String(id), /^[0-9a-f-]{36}$/);
  });

  it('are identity tokens on demand', async () => {
    const { pools, make, makePool } = start();
    const pool = await makePool();
    const client = await make('UserPoolClient', { UserPoolId: pool });
    const issue = (request: object) => pools.issueToken({ pool, sub: 'alice', use: 'id', ...request });
    const { token_use, aud, client_id, scope, ...claims } = decodeJwt((await issue({})).token);
    assert.deepEqual([token_use, aud, client_id, scope], ['id', client.physicalId, undefined, undefined]);
    assert.equal(claims['cognito:username'], 'alice');
    await assert.rejects(issue({ scopes: ['openid'] }), { code: 'invalid_scope' });
  });

  it('have only the scopes that their client may have', async () => {
    const { pools, make, makePool } = start();
    const pool = await makePool();
    const issue = (request: object) => pools.issueToken({ pool, sub: 'alice', ...request });
    await assert.rejects(issue({}), { code: 'invalid_client' });
    await make('UserPoolClient', { UserPoolId: pool, ClientName: 'web', ...oauth }, 'Web');
    await assert.rejects(issue({ scopes: ['tasks/write'] }), { code: 'invalid_scope', message: /client web may not/ });
    await assert.rejects(issue({ scopes: ['tasks/all'] }), { code: 'invalid_scope', message: /has no scope/ });
    await make('UserPoolClient', { UserPoolId: pool, ClientName: 'plain' }, 'Plain');
    await assert.rejects(issue({}), { code: 'invalid_client', message: /one of its clients must be named/ });
    await assert.rejects(issue({ client: 'web2' }), { code: 'invalid_client' });
    await issue({ client: 'web', scopes: ['tasks/read'] });
    await issue({ client: 'plain', scopes: ['aws.cognito.signin.user.admin'] });
    await assert.rejects(issue({ client: 'plain', scopes: ['tasks/read'] }), { code: 'invalid_scope' });
    await assert.rejects(issue({ pool: 'us-east-1_none' }), { code: 'invalid_request' });
  });

  it('are verified for pools that are here; of others it is said once that they cannot be', async () => {
    const { pools, makePool, notes } = start();
    const pool = await makePool();
    assert.equal((await pools.keysOf(`https://cognito-idp.us-east-1.amazonaws.com/${pool}`))?.keys.length, 1);
    assert.equal(pools.keysOf('https://issuer.example.com'), undefined);
    for (let i = 0; i < 2; i++) {
      assert.throws(() => pools.keysOf('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_far'));
    }
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /eu-west-1_far is in no stack here/);
  });
});
