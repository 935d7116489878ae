import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { functionArnOf } from '../function-arn.ts';
import { allowsInvoke, type InvokePolicy, invokePolicySchema } from '../invoke-policy.ts';
import type { Authorize } from './authorize.ts';
import { executeApiArn, type FunctionCaller } from './call-lambda.ts';
import { contextV1, headersV1, queryV1 } from './event-v1.ts';
import { eventV2 } from './event-v2.ts';
import { clientPath, type Exchange, type Identity } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { headerOf } from './http-request.ts';
import type { Authorizer } from './model.ts';
import { evaluate } from './selection-expression.ts';

const context = z.custom<JsonObject>(isJsonObject).nullish();
const simpleSchema = z.looseObject({ isAuthorized: z.boolean(), context });
const policySchema = z.looseObject({ principalId: z.string(), policyDocument: invokePolicySchema, context });

/** What a function decided; a policy is held against each request's own ARN, also when it comes from the cache. */
type Decision = {
  readonly allow: boolean | InvokePolicy;
  readonly context: JsonObject | null;
  readonly principalId: string | undefined;
};

const timeout = 10_000;

/** A REQUEST authorizer: a function decides, and its word may be kept by identity source. */
export function authorizeLambda(call: FunctionCaller, clock: Clock): Authorize {
  const decisions = new ExpiringCache<Decision>(clock);
  return async (exchange, authorizer) => {
    const identitySource = (authorizer.identitySource ?? []).map((source) => evaluate(source, { exchange }));
    const values = identitySource.filter((value) => value !== undefined).filter((value) => value !== '');
    // A missing identity source is refused before the function is asked.
    if (values.length < identitySource.length) {
      throw new GatewayError('UNAUTHORIZED', 'an identity source is missing');
    }

    const lifetime = values.length === 0 ? 0 : (authorizer.authorizerResultTtlInSeconds ?? 0) * 1000;
    const key = JSON.stringify([exchange.apiId, exchange.stage.stageName, authorizer.authorizerId, values]);
    const kept = decisions.get(key);
    if (kept !== undefined) return decide(kept, exchange);

    const decision = await ask(call, exchange, authorizer, values);
    decisions.set(key, decision, lifetime);
    return decide(decision, exchange);
  };
}

function decide({ allow, context: given, principalId }: Decision, exchange: Exchange): Identity {
  const allowed = typeof allow === 'boolean' ? allow : allowsInvoke(allow, routeArn(exchange));
  if (!allowed) throw new GatewayError('ACCESS_DENIED', 'the authorizer refused');
  return { kind: 'lambda', context: given, principalId };
}

/** @throws GatewayError 500 when the function does not answer as an authorizer does */
async function ask(
  call: FunctionCaller,
  exchange: Exchange,
  authorizer: Authorizer,
  values: readonly string[],
): Promise<Decision> {
  const functionArn = functionArnOf(authorizer.authorizerUri ?? '', exchange.stage.stageVariables);
  if (functionArn === undefined) throw authorizerFailure();
  const isV1 = authorizer.authorizerPayloadFormatVersion === '1.0';
  const answer = await call({
    functionArn,
    event: isV1 ? authorizerEventV1(exchange, values) : authorizerEventV2(exchange, values),
    credentialsArn: authorizer.authorizerCredentialsArn,
    sourceArn: executeApiArn(exchange.region, exchange.apiId, 'authorizers', authorizer.authorizerId),
    traceId: headerOf(exchange.request, 'x-amzn-trace-id'),
    timeout,
  });
  const decision =
    answer.kind === 'payload' ? readDecision(answer.payload, authorizer.enableSimpleResponses === true) : undefined;
  if (decision === undefined) throw authorizerFailure();
  return decision;
}

function authorizerFailure(): GatewayError {
  return new GatewayError('AUTHORIZER_FAILURE', 'the authorizer failed');
}

function readDecision(payload: Buffer, isSimple: boolean): Decision | undefined {
  const value = parseJson(payload.toString('utf8'));
  if (isSimple) {
    const { success, data } = simpleSchema.safeParse(value);
    return success ? { allow: data.isAuthorized, context: data.context ?? null, principalId: undefined } : undefined;
  }
  const { success, data } = policySchema.safeParse(value);
  if (!success) return undefined;
  return { allow: data.policyDocument, context: data.context ?? null, principalId: data.principalId };
}

function authorizerEventV2(exchange: Exchange, values: readonly string[]): JsonObject {
  const { body: _, isBase64Encoded: __, ...event } = eventV2(exchange);
  return { ...event, type: 'REQUEST', routeArn: routeArn(exchange), identitySource: [...values] };
}

function authorizerEventV1(exchange: Exchange, values: readonly string[]): JsonObject {
  const { request, stage, route } = exchange;
  const joined = values.join(',');
  const { multiValueHeaders: _, ...headers } = headersV1(exchange);
  const { multiValueQueryStringParameters: __, ...query } = queryV1(exchange);
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn(exchange),
    identitySource: joined,
    authorizationToken: joined,
    resource: route.routeKey.split(' ')[1] ?? route.routeKey,
    path: clientPath(exchange),
    httpMethod: request.method,
    ...headers,
    ...query,
    pathParameters: { ...exchange.pathParameters },
    stageVariables: stage.stageVariables ?? {},
    requestContext: contextV1(exchange),
  };
}

function routeArn({ region, apiId, stage, request }: Exchange): string {
  return executeApiArn(region, apiId, stage.stageName, `${request.method}${request.path}`);
}
