import { AwsError } from '../../core/aws-error.ts';
import { noObserver, type Observer } from '../../core/observer.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import { signerOf } from '../signed-caller.ts';
import type { ApiDefinition, Authorizer, Method } from './api-definition.ts';
import { authorizeCognito } from './authorize-cognito.ts';
import { authorizeLambda, LambdaVerdicts } from './authorize-lambda.ts';
import { type Exchange, headerOf, methodArn } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';

export type AuthorizerPorts = Pick<
  GatewayPorts,
  'clock' | 'lambda' | 'credentials' | 'isAllowed' | 'mayAssume' | 'verifyJwt' | 'observer'
>;

/** Lets a request through, and notes in the exchange who calls. @throws GatewayError 401, 403 or 500 */
export type Authorize = (exchange: Exchange) => Promise<void>;
export type CompileAuthorization = (method: Method, definition: ApiDefinition) => Authorize | undefined;

/** Compiles what a method asks of its callers. Verdicts of functions are kept across deployments. */
export function authorization(ports: AuthorizerPorts): CompileAuthorization {
  const verdicts = new LambdaVerdicts(ports.clock);
  const compile: CompileAuthorization = (method, { authorizers }) => {
    switch (method.authorizationType) {
      case 'NONE':
        return undefined;
      case 'AWS_IAM':
        return (exchange) => authorizeIam(exchange, ports);
      case 'CUSTOM':
        return authorizeLambda(authorizerOf(method, authorizers), ports, verdicts);
      case 'COGNITO_USER_POOLS':
        return authorizeCognito(authorizerOf(method, authorizers), method, ports);
    }
  };
  return (method, definition) => {
    const authorize = compile(method, definition);
    return authorize && observed(authorize, method, ports.observer);
  };
}

function observed(authorize: Authorize, { authorizationType }: Method, observer: Observer = noObserver): Authorize {
  return (exchange) =>
    observer.span(
      () => ({
        kind: 'authorizer',
        service: 'apigateway',
        resource: exchange.apiId,
        operation: authorizationType,
        requestId: exchange.requestId,
      }),
      async (span) => {
        await authorize(exchange);
        span.report({ output: JSON.stringify(exchange.authorizer ?? exchange.caller ?? {}) });
      },
    );
}

/** @throws AwsError when the method names no authorizer of the type that it asks for */
export function authorizerOf(method: Method, authorizers: ApiDefinition['authorizers']): Authorizer {
  const types = method.authorizationType === 'CUSTOM' ? ['TOKEN', 'REQUEST'] : ['COGNITO_USER_POOLS'];
  const authorizer = authorizers[method.authorizerId ?? ''];
  if (authorizer !== undefined && types.includes(authorizer.type)) return authorizer;
  throw new AwsError(
    'BadRequestException',
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
  );
}

async function authorizeIam(exchange: Exchange, { credentials, isAllowed }: AuthorizerPorts): Promise<void> {
  const accessKey = signerOf(headerOf(exchange, 'authorization'), (name) => exchange.query.get(name)?.values[0]);
  if (accessKey === undefined) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  const { presignFault } = exchange.request;
  if (presignFault !== undefined) throw new GatewayError('INVALID_SIGNATURE', presignFault);
  const principal = credentials.principalOf(accessKey);
  const resource = methodArn(exchange);
  if (await isAllowed({ principal, action: 'execute-api:Invoke', resource })) {
    exchange.caller = { accessKey, arn: principal.kind === 'service' ? principal.service : principal.arn };
    return;
  }
  const user = principal.kind === 'service' ? principal.service : principal.arn;
  throw new GatewayError(
    'ACCESS_DENIED',
    `User: ${user} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  );
}
