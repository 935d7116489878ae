import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { LambdaInvoker } from '../../core/lambda-invoker.ts';
import { noObserver, type Observer } from '../../core/observer.ts';
import type { MayAssume } from '../assume-role.ts';
import { functionArnOf } from '../function-arn.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { ApiDefinition, Integration, Method } from './api-definition.ts';
import { type CallIntegration, compileAwsService } from './aws-integration.ts';
import { callLambda } from './call-lambda.ts';
import { checkRole } from './check-role.ts';
import { type Exchange, type MethodAnswer, methodArn } from './exchange.ts';
import { configurationError, GatewayError } from './gateway-error.ts';
import { compileHttp } from './http-integration.ts';
import { compileIntegrationRequest, fillStageVariables } from './integration-request.ts';
import { compileIntegrationResponse } from './integration-response.ts';
import { compileLambdaProxy } from './lambda-proxy-integration.ts';
import { answerMock } from './mock-integration.ts';
import { compileRequestMappings, invalidMapping } from './parameter-mapping.ts';
import { findRestrictedHeader, remapHeader } from './restricted-headers.ts';
import { VtlError } from './vtl/value.ts';

/** What integrations reach their other side through. */
export type IntegrationPorts = Pick<GatewayPorts, 'clock' | 'lambda' | 'dispatch' | 'mayAssume' | 'observer'>;
export type Integrate = (exchange: Exchange) => Promise<MethodAnswer>;

/** Compiles an integration once, for all its requests. @throws AwsError naming what is wrong or not supported */
export function compileIntegration(
  method: Method,
  integration: Integration,
  definition: ApiDefinition,
  ports: IntegrationPorts,
): Integrate {
  checkMappings(method, integration);
  checkTarget(integration);
  try {
    const integrate = assumeRole(integration, compileChecked(method, integration, definition, ports), ports.mayAssume);
    const limited = withTimeout(integrate, integration.timeoutInMillis, ports.clock);
    return observeIntegration(limited, integration, ports.observer);
  } catch (error) {
    if (!(error instanceof VtlError)) throw error;
    throw new AwsError('BadRequestException', `Invalid mapping template or pattern: ${error.message}`);
  }
}

function compileChecked(
  method: Method,
  integration: Integration,
  definition: ApiDefinition,
  ports: IntegrationPorts,
): Integrate {
  const { type, requestParameters } = integration;
  const integrate = compile(
    integration,
    definition,
    ports,
    new Set(method.responses.map(({ statusCode }) => statusCode)),
  );
  const restricted = findRestrictedHeader(type, compileRequestMappings(requestParameters));
  if (restricted !== undefined) {
    return () => Promise.reject(configurationError(`${type} integrations cannot set the header ${restricted}`));
  }
  // These two answer without a trace id.
  if (type === 'MOCK' || type === 'HTTP_PROXY') return integrate;
  return async (exchange) => {
    const answer = await integrate(exchange);
    return { ...answer, headers: [...answer.headers, ['X-Amzn-Trace-Id', exchange.traceId]] };
  };
}

function compile(
  integration: Integration,
  definition: ApiDefinition,
  { lambda, dispatch, observer = noObserver }: IntegrationPorts,
  statuses: ReadonlySet<string>,
): Integrate {
  const mapped = (call: CallIntegration): Integrate =>
    compileMapped({ integration, definition, statuses, call, observer });
  switch (integration.type) {
    case 'AWS_PROXY':
      return compileLambdaProxy(integration, definition, lambda);
    case 'MOCK':
      return mapped(async (request) => answerMock(request));
    case 'HTTP':
      return mapped(compileHttp(integration));
    case 'HTTP_PROXY':
      return compileHttpProxy(integration, definition);
    case 'AWS':
      return /:lambda:path\//.test(integration.uri ?? '')
        ? mapped(compileLambda(integration, lambda))
        : mapped(compileAwsService(integration, dispatch));
  }
}

function assumeRole({ credentials }: Integration, integrate: Integrate, mayAssume: MayAssume): Integrate {
  if (credentials === undefined) return integrate;
  return async (exchange) => {
    checkRole(fillStageVariables(credentials, exchange), mayAssume);
    return integrate(exchange);
  };
}

type Mapped = {
  readonly integration: Integration;
  readonly definition: ApiDefinition;
  /** What the method declares. */
  readonly statuses: ReadonlySet<string>;
  readonly call: CallIntegration;
  readonly observer: Observer;
};

function compileMapped({ integration, definition, statuses, call, observer }: Mapped): Integrate {
  const toRequest = compileIntegrationRequest(integration, definition);
  const toAnswer = compileIntegrationResponse(integration, definition, statuses);
  return async (exchange) => {
    const request = toRequest(exchange);
    exchange.trace?.push(`Endpoint request body after transformations: ${request.body.toString()}`);
    observer.step('Mapped request', () => request.body.toString());
    const answer = await call(request, exchange);
    exchange.integration.status = answer.status;
    exchange.trace?.push(`Endpoint response body before transformations: ${answer.body.toString()}`);
    observer.step('Integration response', () => answer.body.toString());
    return toAnswer(answer, exchange, request.context);
  };
}

function compileHttpProxy(integration: Integration, definition: ApiDefinition): Integrate {
  const toRequest = compileIntegrationRequest({ ...integration, requestTemplates: {} }, definition);
  const call = compileHttp(integration);
  return async (exchange) => {
    const { status, headers, body } = await call(toRequest(exchange), exchange);
    exchange.integration.status = status;
    const kept = headers.filter(([name]) => !/^(keep-alive|via)$/i.test(name));
    return { status, headers: kept.flatMap(remapHeader), body };
  };
}

/** `AWS` to Lambda: the rendered body is the event, the result is the answer, a failure is recognised by its error message. */
function compileLambda({ uri = '', credentials }: Integration, lambda: LambdaInvoker): CallIntegration {
  return async (request, exchange) => {
    const functionArn = functionArnOf(uri, exchange.stage.variables);
    if (functionArn === undefined) throw configurationError(`Invalid Lambda function URI ${uri}`);
    const isEvent = request.headers.get('x-amz-invocation-type')?.values.at(-1) === 'Event';
    const { payload, functionError, statusCode, requestId } = await callLambda(lambda, exchange, {
      functionArn,
      payload: request.body.length === 0 ? '{}' : request.body,
      type: isEvent ? 'Event' : 'RequestResponse',
      credentials,
      sourceArn: methodArn(exchange),
    });
    exchange.integration.requestId = requestId;
    return {
      status: statusCode,
      headers: [
        ['Content-Type', 'application/json'],
        ['x-amzn-RequestId', requestId],
      ],
      body: payload,
      errorMessage: functionError === undefined ? '' : errorMessageOf(payload),
    };
  };
}

function errorMessageOf(payload: Buffer): string {
  try {
    const error: unknown = JSON.parse(payload.toString());
    const hasMessage = typeof error === 'object' && error !== null && 'errorMessage' in error;
    return hasMessage ? String(error.errorMessage) : '';
  } catch {
    return '';
  }
}

function withTimeout(integrate: Integrate, timeout: number, clock: Clock): Integrate {
  return (exchange) =>
    new Promise((resolve, reject) => {
      const startedAt = clock.now();
      const timer = clock.schedule(
        () => reject(new GatewayError('INTEGRATION_TIMEOUT', 'Endpoint request timed out')),
        timeout,
      );
      integrate(exchange)
        .then(resolve, reject)
        .finally(() => {
          timer.cancel();
          exchange.integration.latency = clock.now() - startedAt;
        });
    });
}

function observeIntegration(
  integrate: Integrate,
  { type, uri }: Integration,
  observer: Observer = noObserver,
): Integrate {
  return (exchange) =>
    observer.span(
      () => ({
        kind: 'gateway',
        service: 'apigateway',
        resource: exchange.apiId,
        operation: `${exchange.request.method} ${exchange.resource?.path ?? exchange.path}`,
        input: exchange.body,
        requestId: exchange.requestId,
        attributes: { integrationType: type, ...(uri !== undefined && { uri }), route: exchange.resource?.path },
      }),
      async (span) => {
        const answer = await integrate(exchange);
        span.report({ output: answer.body, attributes: { httpStatus: answer.status } });
        return answer;
      },
    );
}

/** @throws AwsError BadRequestException, as AWS refuses what every integration of a type needs */
function checkTarget({ type, uri = '', httpMethod }: Integration): void {
  if (type === 'MOCK') return;
  if (httpMethod === undefined || httpMethod === '') {
    throw new AwsError('BadRequestException', 'Enumeration value for HttpMethod must be non-empty');
  }
  if (type === 'HTTP' || type === 'HTTP_PROXY') return;
  if (!uri.startsWith('arn:')) throw new AwsError('BadRequestException', 'Invalid ARN specified in the request');
  if (!/:(?:path|action)\//.test(uri)) {
    throw new AwsError('BadRequestException', 'AWS ARN for integration must contain path or action');
  }
}

/** Mappings may only name parameters and responses that the method declares. */
function checkMappings(method: Method, { requestParameters, responses, type }: Integration): void {
  for (const source of Object.values(requestParameters)) {
    const declared = source.replace(/^method\.request\.multivalue(header|querystring)\./, 'method.request.$1.');
    const isParameter = /^method\.request\.(header|querystring|path)\./.test(declared);
    if (isParameter && !Object.hasOwn(method.requestParameters, declared)) throw invalidMapping(source);
  }
  if (type === 'AWS_PROXY' || type === 'HTTP_PROXY') return;
  for (const { statusCode, responseParameters } of responses) {
    const response = method.responses.find((candidate) => candidate.statusCode === statusCode);
    // Without mappings, AWS accepts a status that the method does not declare, and fails when a request gets it.
    const declared = response?.responseParameters ?? {};
    const undeclared = Object.keys(responseParameters).find((name) => !Object.hasOwn(declared, name));
    if (undeclared !== undefined) throw invalidMapping(undeclared);
  }
}
