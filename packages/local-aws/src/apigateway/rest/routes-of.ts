import type { RouteAccess } from '../../core/web.ts';
import { functionArnOf } from '../function-arn.ts';
import type { ApiDefinition, Method } from './api-definition.ts';
import type { RestApiStore } from './rest-api-store.ts';

/** What each method of an API asks of its callers; none when there is no such API. */
export function routesOf(store: RestApiStore, apiId: string): readonly RouteAccess[] {
  const definition = store.apis.get(apiId)?.definition;
  if (definition === undefined) return [];
  return Object.values(definition.resources).flatMap(({ path, methods }) =>
    Object.values(methods).map((method) => ({
      method: method.httpMethod,
      path,
      ...authorizationOf(method, definition),
      integration: method.integration?.uri,
      apiKey: method.apiKeyRequired ? keyFor(store, apiId) : undefined,
    })),
  );
}

function authorizationOf(
  { authorizationType, authorizerId = '' }: Method,
  { authorizers }: ApiDefinition,
): Pick<RouteAccess, 'authorization' | 'functionArn'> {
  switch (authorizationType) {
    case 'NONE':
      return { authorization: 'none' };
    case 'AWS_IAM':
      return { authorization: 'signature' };
    case 'COGNITO_USER_POOLS':
      return { authorization: 'token' };
    case 'CUSTOM': {
      const functionArn = functionArnOf(authorizers[authorizerId]?.authorizerUri ?? '', {});
      return { authorization: 'function', ...(functionArn !== undefined && { functionArn }) };
    }
  }
}

/** A key that a usage plan lets into the API. */
function keyFor({ plans, keys }: RestApiStore, apiId: string): string | undefined {
  const ids = [...plans.values()]
    .filter(({ apiStages }) => apiStages.some((stage) => stage.apiId === apiId))
    .flatMap(({ keyIds }) => keyIds);
  return ids.map((id) => keys.get(id)).find((key) => key?.enabled === true)?.value;
}
