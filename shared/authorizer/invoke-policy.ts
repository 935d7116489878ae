import type { APIGatewayAuthorizerResult } from 'aws-lambda';

/** Which scopes open which routes of an API. */
export type ScopedApi = {
  /** Its scopes are `<service>/read`, `<service>/write` and `<service>/admin`. */
  readonly service: string;
  /** What `read` opens, as `GET/users/?*`; every GET unless some of them ask for `admin`. */
  readonly readRoutes?: readonly string[];
  /** What `admin` opens. */
  readonly adminRoutes?: readonly string[];
};

/**
 * What the bearer of a token may call, for the whole API: API Gateway keeps the answer and asks it about every route. It
 * compares with the path as the client wrote it, which may be another for the same route: so routes are let in by name,
 * and none is let in but for its name.
 *
 * @param methodArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`
 */
export function invokePolicy(
  { service, readRoutes = ['GET/*'], adminRoutes = [] }: ScopedApi,
  methodArn: string,
  scopes: ReadonlySet<string>,
): APIGatewayAuthorizerResult['policyDocument'] {
  const stageArn = methodArn.split('/', 2).join('/');
  const open = [
    ...(scopes.has(`${service}/read`) ? readRoutes : []),
    ...(scopes.has(`${service}/write`) ? ['POST/*', 'PUT/*', 'PATCH/*', 'DELETE/*'] : []),
    ...(scopes.has(`${service}/admin`) ? adminRoutes : []),
  ];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: open.length > 0 ? 'Allow' : 'Deny',
        Action: 'execute-api:Invoke',
        Resource: (open.length > 0 ? open : ['*']).map((route) => `${stageArn}/${route}`),
      },
    ],
  };
}
