import type { Parameters } from './parameters.ts';

type RouteOptions = { readonly service: string; readonly scope: string; readonly auth: Parameters['auth'] };

/** `authorizer` of a REST route that asks for a scope; `undefined` if anybody may call. */
export function restRouteAuthorizer({ service, scope, auth }: RouteOptions): object | undefined {
  switch (auth) {
    case 'none':
      return undefined;
    case 'jwt':
      // The function answers with a policy for all routes, by the scopes of the token: shared/authorizer.
      return { type: 'CUSTOM', authorizerId: { Ref: 'TokenAuthorizer' } };
    case 'cognito':
      return {
        type: 'COGNITO_USER_POOLS',
        authorizerId: { Ref: 'UserPoolAuthorizer' },
        scopes: [`${service}/${scope}`],
      };
    case 'lambda':
      return { type: 'CUSTOM', authorizerId: { Ref: 'FunctionAuthorizer' } };
    case 'iam':
      // Policies of the callers name methods and paths.
      return { type: 'AWS_IAM' };
  }
}

/** The same for a route of an HTTP API. */
export function httpRouteAuthorizer({ service, scope, auth }: RouteOptions): object | undefined {
  const scopes = [`${service}/${scope}`];
  switch (auth) {
    case 'none':
      return undefined;
    case 'jwt':
      return { name: 'tokens', scopes };
    case 'cognito':
      return { name: 'userPool', scopes };
    case 'lambda':
      return { name: 'function' };
    case 'iam':
      return { type: 'aws_iam' };
  }
}
