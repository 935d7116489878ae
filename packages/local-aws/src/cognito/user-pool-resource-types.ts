import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { deriveId } from '../core/derive-id.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, type ResourceContext, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { domainProperties, resourceServerProperties, userPoolProperties } from './user-pool-properties.ts';
import type { UserPoolStore } from './user-pool-store.ts';

/** `AWS::Cognito::UserPool`, `UserPoolResourceServer` and `UserPoolDomain`. */
export function userPoolResourceTypes(store: UserPoolStore): ResourceType[] {
  return [userPool(store), resourceServer(store), domain(store)];
}

function userPool(store: UserPoolStore): ResourceType {
  return defineResource({
    type: 'AWS::Cognito::UserPool',
    properties: userPoolProperties,
    replaceOn: ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
    create: ({ UserPoolName, DeletionProtection }, context) => {
      const { region, stackName } = context;
      const id = `${region}_${derived(9, 'pool', context)}`;
      const pool = {
        id,
        arn: arn('cognito-idp', region, `userpool/${id}`),
        name: UserPoolName ?? generatedName(context, 128),
        stackName,
        isProtected: DeletionProtection === 'ACTIVE',
        resourceServers: {},
        clients: [],
      };
      store.put(pool);
      return { physicalId: id, attributes: attributesOf(pool.arn, region, id) };
    },
    update: ({ UserPoolName, DeletionProtection }, { state }) => {
      const pool = store.get(state.physicalId);
      store.put({ ...pool, name: UserPoolName ?? pool.name, isProtected: DeletionProtection === 'ACTIVE' });
      return state;
    },
    delete: ({ physicalId }) => store.remove(physicalId),
  });
}

function attributesOf(poolArn: string, region: string, id: string): ResourceState['attributes'] {
  const provider = `cognito-idp.${region}.amazonaws.com/${id}`;
  return { Arn: poolArn, UserPoolId: id, ProviderName: provider, ProviderURL: `https://${provider}` };
}

function resourceServer(store: UserPoolStore): ResourceType {
  const put = (poolId: string, identifier: string, scopes: readonly { ScopeName: string }[] = []): void => {
    const pool = store.get(poolId);
    pool.resourceServers[identifier] = scopes.map(({ ScopeName }) => ScopeName);
    store.changed();
  };
  return defineResource({
    type: 'AWS::Cognito::UserPoolResourceServer',
    properties: resourceServerProperties,
    replaceOn: ['UserPoolId', 'Identifier'],
    create: ({ UserPoolId, Identifier, Scopes }) => {
      if (Object.hasOwn(store.get(UserPoolId).resourceServers, Identifier)) {
        throw new AwsError('InvalidParameterException', `${Identifier} already exists in user pool ${UserPoolId}.`);
      }
      put(UserPoolId, Identifier, Scopes);
      return { physicalId: Identifier, attributes: {} };
    },
    update: ({ UserPoolId, Identifier, Scopes }, { state }) => {
      put(UserPoolId, Identifier, Scopes);
      return state;
    },
    delete: ({ physicalId }, { UserPoolId }) => {
      delete store.find(UserPoolId)?.resourceServers[physicalId];
      store.changed();
    },
  });
}

/** A prefix domain; no page of a hosted user interface is served. */
function domain(store: UserPoolStore): ResourceType {
  return defineResource({
    type: 'AWS::Cognito::UserPoolDomain',
    properties: domainProperties,
    replaceOn: ['UserPoolId', 'Domain'],
    create: ({ UserPoolId, Domain }) => {
      const pool = store.get(UserPoolId);
      if (store.list().some((other) => other.domain === Domain)) {
        throw new AwsError('InvalidParameterException', 'Domain already associated with another user pool.');
      }
      if (pool.domain !== undefined) {
        throw new AwsError('InvalidParameterException', 'User pool already has a domain configured.');
      }
      pool.domain = Domain;
      store.changed();
      return { physicalId: Domain, attributes: {} };
    },
    update: (_, { state }) => state,
    delete: ({ physicalId }, { UserPoolId }) => {
      const pool = store.find(UserPoolId);
      if (pool?.domain !== physicalId) return;
      delete pool.domain;
      store.changed();
    },
  });
}

function derived(length: number, kind: string, { stackName, logicalId, generation = 0 }: ResourceContext): string {
  return deriveId(length, kind, stackName, logicalId, String(generation));
}
