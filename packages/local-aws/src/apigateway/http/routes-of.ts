import type { RouteAccess } from '../../core/web.ts';
import { functionArnOf } from '../function-arn.ts';
import type { HttpApi, Route } from './model.ts';

/** What each route of an API asks of its callers; none when there is no such API. */
export function routesOf(api: HttpApi | undefined): readonly RouteAccess[] {
  if (api === undefined) return [];
  return api.routes.map((route) => {
    const [method = '', path = '/{proxy+}'] = route.routeKey === '$default' ? ['ANY'] : route.routeKey.split(' ');
    return { method, path, ...authorizationOf(route, api), integration: integrationOf(route, api), apiKey: undefined };
  });
}

function integrationOf({ target }: Route, { integrations }: HttpApi): string | undefined {
  const found = integrations.find(({ integrationId }) => integrationId === target?.split('/')[1]);
  return found?.integrationUri ?? found?.requestParameters?.QueueUrl;
}

function authorizationOf(
  { authorizationType = 'NONE', authorizerId }: Route,
  { authorizers }: HttpApi,
): Pick<RouteAccess, 'authorization' | 'functionArn'> {
  switch (authorizationType) {
    case 'NONE':
      return { authorization: 'none' };
    case 'AWS_IAM':
      return { authorization: 'signature' };
    case 'JWT':
      return { authorization: 'token' };
    case 'CUSTOM': {
      const authorizer = authorizers.find((candidate) => candidate.authorizerId === authorizerId);
      const functionArn = functionArnOf(authorizer?.authorizerUri ?? '', {});
      return { authorization: 'function', ...(functionArn !== undefined && { functionArn }) };
    }
  }
}
