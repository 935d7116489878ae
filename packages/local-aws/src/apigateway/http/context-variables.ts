import { accountId } from '../../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { claimTexts } from './event-v2.ts';
import { clfTime, type Exchange, fullPath } from './exchange.ts';
import { headerOf } from './http-request.ts';

/** The `$context` of mappings, identity sources and access logs, as far as it is known before the integration answers. */
export function contextVariables(exchange: Exchange): JsonObject {
  const { request, route, stage, identity } = exchange;
  const iam = identity?.kind === 'iam' ? identity : undefined;
  return {
    accountId,
    apiId: exchange.apiId,
    authorizer: authorizerVariables(exchange),
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0] ?? '',
    extendedRequestId: exchange.requestId,
    httpMethod: request.method,
    identity: {
      sourceIp: request.sourceIp,
      userAgent: headerOf(request, 'user-agent') ?? '',
      ...(iam !== undefined && {
        accountId: iam.accountId,
        caller: iam.userId,
        user: iam.userId,
        userArn: iam.userArn,
      }),
    },
    path: fullPath(exchange),
    protocol: 'HTTP/1.1',
    requestId: exchange.requestId,
    requestTime: clfTime(exchange.startedAt),
    requestTimeEpoch: exchange.startedAt,
    routeKey: route.routeKey,
    stage: stage.stageName,
  };
}

function authorizerVariables({ identity }: Exchange): JsonObject {
  if (identity?.kind === 'jwt') return { claims: claimTexts(identity.claims) };
  if (identity?.kind !== 'lambda') return {};
  return { ...identity.context, ...(identity.principalId !== undefined && { principalId: identity.principalId }) };
}

/** The value at a dotted path such as `a.b[0].c`; undefined when there is none. */
export function valueAt(root: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const key of path.split(/[.[\]]/).filter((part) => part !== '')) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/** Texts stand as they are, everything else as JSON. */
export function asText(value: JsonValue | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
