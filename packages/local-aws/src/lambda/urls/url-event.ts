import { clfTime } from '../../apigateway/http/exchange.ts';
import { type HttpRequest, headerOf, joinPairs } from '../../apigateway/http/http-request.ts';
import { eventBody } from '../../apigateway/http/request-body.ts';
import { accountId } from '../../core/arn.ts';
import type { JsonObject } from '../../core/json.ts';

/** Who signed a request. */
export type Caller = { readonly accessKey: string; readonly userArn: string };

export type UrlRequest = {
  readonly urlId: string;
  readonly region: string;
  /** Its path is the one that the client sent, with its percent-encoding. */
  readonly request: HttpRequest;
  readonly requestId: string;
  /** Undefined for a request without a signature. */
  readonly caller: Caller | undefined;
  readonly now: number;
};

/** The event of a function URL: payload format 2.0, as HTTP APIs have it, with one route and one stage. */
export function urlEvent({ urlId, region, request, requestId, caller, now }: UrlRequest): JsonObject {
  const body = eventBody(request.body, headerOf(request, 'content-type'));
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 && { cookies: [...request.cookies] }),
    headers: joinPairs(request.headers),
    ...(request.query.length > 0 && { queryStringParameters: joinPairs(request.query) }),
    requestContext: {
      accountId: caller === undefined ? 'anonymous' : accountId,
      apiId: urlId,
      ...(caller !== undefined && { authorizer: { iam: iamOf(caller) } }),
      domainName: request.domainName.startsWith(`${urlId}.lambda-url.`)
        ? request.domainName
        : `${urlId}.lambda-url.${region}.localhost`,
      domainPrefix: urlId,
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now,
    },
    ...(request.body.length > 0 && { body: body.text }),
    isBase64Encoded: request.body.length > 0 && body.isBase64Encoded,
  };
}

function iamOf({ accessKey, userArn }: Caller): JsonObject {
  return {
    accessKey,
    accountId,
    callerId: accessKey,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn,
    userId: accessKey,
  };
}
