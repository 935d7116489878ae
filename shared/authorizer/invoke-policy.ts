import type { APIGatewayAuthorizerResult } from 'aws-lambda';

/** Which scopes open which routes of an API. */
export type ScopedApi = {
  /** Its scopes are `<service>/read`, `<service>/write` and `<service>/admin`. */
  readonly service: string;
  /** Routes, as `GET/users`, that ask for the scope `admin` and for no other. */
  readonly adminRoutes?: readonly string[];
};

/**
 * What the bearer of a token may call, for the whole API: API Gateway keeps the answer and asks it about every route.
 *
 * @param methodArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`
 */
export function invokePolicy(
  { service, adminRoutes = [] }: ScopedApi,
  methodArn: string,
  scopes: ReadonlySet<string>,
): APIGatewayAuthorizerResult['policyDocument'] {
  const stageArn = methodArn.split('/', 2).join('/');
  const statement = (effect: 'Allow' | 'Deny', routes: readonly string[]) => ({
    Effect: effect,
    Action: 'execute-api:Invoke',
    Resource: routes.map((route) => `${stageArn}/${route}`),
  });
  const isAdmin = scopes.has(`${service}/admin`);
  const open = [
    ...(scopes.has(`${service}/read`) ? ['GET/*', 'HEAD/*'] : []),
    ...(scopes.has(`${service}/write`) ? ['POST/*', 'PUT/*', 'PATCH/*', 'DELETE/*'] : []),
    ...(isAdmin ? adminRoutes : []),
  ];
  const shut = isAdmin ? [] : adminRoutes;
  return {
    Version: '2012-10-17',
    Statement: [
      open.length > 0 ? statement('Allow', open) : statement('Deny', ['*']),
      ...(shut.length > 0 ? [statement('Deny', shut)] : []),
    ],
  };
}
