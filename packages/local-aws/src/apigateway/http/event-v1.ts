import { accountId } from '../../core/arn.ts';
import type { JsonObject } from '../../core/json.ts';
import { claimTexts } from './event-v2.ts';
import { clfTime, clientPath, type Exchange, type Identity } from './exchange.ts';
import { headerOf } from './http-request.ts';
import { eventBody } from './request-body.ts';

/** The event of payload format 1.0, near to a REST API's: absent parts are null. */
export function eventV1(exchange: Exchange): JsonObject {
  const { request } = exchange;
  const body = eventBody(request.body, headerOf(request, 'content-type'));
  return {
    version: '1.0',
    resource: resourcePath(exchange),
    path: clientPath(exchange),
    httpMethod: request.method,
    ...headersV1(exchange),
    ...queryV1(exchange),
    requestContext: contextV1(exchange),
    pathParameters: orNull(exchange.pathParameters),
    stageVariables: exchange.stage.stageVariables ?? null,
    body: request.body.length > 0 ? body.text : null,
    isBase64Encoded: request.body.length > 0 && body.isBase64Encoded,
  };
}

/** Payload format 1.0 has no cookies field: they stay a header. */
export function headersV1({ request }: Exchange): JsonObject {
  const cookie = request.cookies.length > 0 ? [['cookie', request.cookies.join('; ')] as const] : [];
  const pairs = [...request.headers, ...cookie];
  return { headers: lastValues(pairs), multiValueHeaders: allValues(pairs) };
}

export function queryV1({ request }: Exchange): JsonObject {
  const isEmpty = request.query.length === 0;
  return {
    queryStringParameters: isEmpty ? null : lastValues(request.query),
    multiValueQueryStringParameters: isEmpty ? null : allValues(request.query),
  };
}

export function contextV1(exchange: Exchange): JsonObject {
  const { request, route, stage, identity } = exchange;
  return {
    accountId,
    apiId: exchange.apiId,
    ...(identity !== undefined && { authorizer: authorizerV1(identity) }),
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0] ?? '',
    extendedRequestId: exchange.requestId,
    httpMethod: request.method,
    identity: {
      accessKey: identity?.kind === 'iam' ? identity.accessKey : null,
      accountId: identity?.kind === 'iam' ? identity.accountId : null,
      caller: identity?.kind === 'iam' ? identity.userId : null,
      cognitoAmr: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: identity?.kind === 'iam' ? identity.userId : null,
      userAgent: headerOf(request, 'user-agent') ?? '',
      userArn: identity?.kind === 'iam' ? identity.userArn : null,
    },
    path: clientPath(exchange),
    protocol: 'HTTP/1.1',
    requestId: exchange.requestId,
    requestTime: clfTime(exchange.startedAt),
    requestTimeEpoch: exchange.startedAt,
    resourceId: route.routeKey,
    resourcePath: resourcePath(exchange),
    stage: stage.stageName,
  };
}

function authorizerV1(identity: Identity): JsonObject {
  switch (identity.kind) {
    case 'jwt':
      return { claims: claimTexts(identity.claims), scopes: identity.scopes === null ? null : [...identity.scopes] };
    case 'lambda':
      return {
        ...identity.context,
        ...(identity.principalId !== undefined && { principalId: identity.principalId }),
      };
    case 'iam':
      return {};
  }
}

function resourcePath({ route }: Exchange): string {
  return route.routeKey.split(' ')[1] ?? route.routeKey;
}

function orNull(values: Readonly<Record<string, string>>): JsonObject | null {
  return Object.keys(values).length === 0 ? null : { ...values };
}

function lastValues(pairs: readonly (readonly [string, string])[]): JsonObject {
  return Object.fromEntries(pairs);
}

function allValues(pairs: readonly (readonly [string, string])[]): JsonObject {
  const grouped = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...grouped].map(([name, group]) => [name, group.map(([, value]) => value)]));
}
