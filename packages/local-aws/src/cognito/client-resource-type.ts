import { AwsError } from '../core/aws-error.ts';
import { deriveId } from '../core/derive-id.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, type ResourceType } from '../core/resource-type.ts';
import { type ClientProperties, clientProperties } from './user-pool-properties.ts';
import { scopesOf, type UserPool, type UserPoolClient, type UserPoolStore } from './user-pool-store.ts';

/** `AWS::Cognito::UserPoolClient`: who may ask for tokens, and with which scopes. */
export function clientResourceType(store: UserPoolStore): ResourceType {
  return defineResource({
    type: 'AWS::Cognito::UserPoolClient',
    properties: clientProperties,
    replaceOn: ['UserPoolId', 'GenerateSecret'],
    create: (properties, context) => {
      const { stackName, logicalId, generation = 0 } = context;
      const pool = store.get(properties.UserPoolId);
      const id = deriveId(26, 'client', pool.id, stackName, logicalId, String(generation));
      const name = properties.ClientName ?? generatedName(context, 128);
      const secret = properties.GenerateSecret === true ? deriveId(51, 'secret', id) : undefined;
      const client = { id, name, ...(secret !== undefined && { secret }), ...settingsOf(properties, pool) };
      pool.clients.push(client);
      store.changed();
      return {
        physicalId: id,
        attributes: { ClientId: id, Name: name, ...(secret !== undefined && { ClientSecret: secret }) },
      };
    },
    update: (properties, { state }) => {
      const pool = store.get(properties.UserPoolId);
      const settings = settingsOf(properties, pool);
      const name = properties.ClientName ?? String(state.attributes.Name);
      pool.clients = pool.clients.map((client) => {
        if (client.id !== state.physicalId) return client;
        const { scopes: _previous, ...kept } = client;
        return { ...kept, name, ...settings };
      });
      store.changed();
      return { ...state, attributes: { ...state.attributes, Name: name } };
    },
    delete: ({ physicalId }, { UserPoolId }) => {
      const pool = store.find(UserPoolId);
      if (pool === undefined) return;
      pool.clients = pool.clients.filter(({ id }) => id !== physicalId);
      store.changed();
    },
  });
}

/** What a client's properties decide. @throws AwsError as Amazon Cognito refuses them */
function settingsOf(
  properties: ClientProperties,
  pool: UserPool,
): Pick<UserPoolClient, 'scopes' | 'accessTokenValidity'> {
  const accessTokenValidity = validityOf(properties);
  if (properties.AllowedOAuthFlowsUserPoolClient !== true) return { accessTokenValidity };
  const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [] } = properties;
  if (flows.length === 0 || scopes.length === 0) {
    throw invalid(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    );
  }
  if (flows.includes('client_credentials')) checkClientCredentials(properties);
  const known = scopesOf(pool);
  const unknown = scopes.filter((scope) => !known.includes(scope));
  if (unknown.length > 0) {
    throw new AwsError('ScopeDoesNotExistException', `Invalid scope requested: ${unknown.join(', ')}`);
  }
  return { accessTokenValidity, scopes };
}

function checkClientCredentials({ AllowedOAuthFlows = [], GenerateSecret }: ClientProperties): void {
  if (AllowedOAuthFlows.length > 1) {
    throw new AwsError(
      'InvalidOAuthFlowException',
      'client_credentials flow can not be selected along with code flow or implicit flow.',
    );
  }
  if (GenerateSecret !== true) {
    throw new AwsError(
      'InvalidOAuthFlowException',
      'client_credentials flow can not be selected if client does not have a client secret.',
    );
  }
}

const unitSeconds = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

function validityOf({ AccessTokenValidity, TokenValidityUnits }: ClientProperties): number {
  if (AccessTokenValidity === undefined) return 3600;
  const seconds = AccessTokenValidity * unitSeconds[TokenValidityUnits?.AccessToken ?? 'hours'];
  if (seconds >= 300 && seconds <= 86_400) return seconds;
  throw invalid('Invalid range for token validity. Access tokens are valid for 5 minutes to 1 day.');
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
