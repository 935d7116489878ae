import { accountId } from '../../core/arn.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { clfTime, type Exchange, fullPath, type Identity } from './exchange.ts';
import { headerOf, joinPairs } from './http-request.ts';
import { eventBody } from './request-body.ts';

/** The event of payload format 2.0: absent parts are left out. */
export function eventV2(exchange: Exchange): JsonObject {
  const { route, request, pathParameters, stage } = exchange;
  const body = eventBody(request.body, headerOf(request, 'content-type'));
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: fullPath(exchange),
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 && { cookies: [...request.cookies] }),
    headers: joinPairs(request.headers),
    ...(request.query.length > 0 && { queryStringParameters: joinPairs(request.query) }),
    requestContext: contextV2(exchange),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    ...(stage.stageVariables !== undefined && { stageVariables: stage.stageVariables }),
    ...(request.body.length > 0 && { body: body.text }),
    isBase64Encoded: request.body.length > 0 && body.isBase64Encoded,
  };
}

function contextV2(exchange: Exchange): JsonObject {
  const { request, route, stage, identity } = exchange;
  return {
    accountId,
    apiId: exchange.apiId,
    ...(identity !== undefined && { authorizer: authorizerV2(identity) }),
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0] ?? '',
    http: {
      method: request.method,
      path: fullPath(exchange),
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: headerOf(request, 'user-agent') ?? '',
    },
    requestId: exchange.requestId,
    routeKey: route.routeKey,
    stage: stage.stageName,
    time: clfTime(exchange.startedAt),
    timeEpoch: exchange.startedAt,
  };
}

function authorizerV2(identity: Identity): JsonObject {
  switch (identity.kind) {
    case 'jwt':
      return {
        jwt: { claims: claimTexts(identity.claims), scopes: identity.scopes === null ? null : [...identity.scopes] },
      };
    case 'lambda':
      return { lambda: identity.context };
    case 'iam':
      return { iam: iamV2(identity) };
  }
}

function iamV2({ accessKey, accountId: account, userArn, userId }: Extract<Identity, { kind: 'iam' }>): JsonObject {
  return {
    accessKey,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn,
    userId,
  };
}

/** Every claim reaches a function as text; lists as `[a b]`. */
export function claimTexts(claims: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
}

function claimText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return JSON.stringify(value);
}
