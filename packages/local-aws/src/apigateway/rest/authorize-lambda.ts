import * as z from 'zod';
import { accountId } from '../../core/arn.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { InvokeResult } from '../../core/lambda-invoker.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { functionArnOf } from '../function-arn.ts';
import { allowsInvoke, type InvokePolicy, invokePolicySchema } from '../invoke-policy.ts';
import type { Authorizer } from './api-definition.ts';
import type { Authorize, AuthorizerPorts } from './authorize.ts';
import { callLambda } from './call-lambda.ts';
import { checkRole } from './check-role.ts';
import { contextVariables, readVariable } from './context-variables.ts';
import { allValues, type Exchange, headerOf, lastValues, methodArn } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { compileIdentityValidation } from './identity-validation.ts';
import { orNull, requestContext } from './lambda-proxy-event.ts';
import { toText } from './vtl/text.ts';
import type { VtlMap } from './vtl/value.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const verdictSchema = z.looseObject({
  principalId: scalar,
  policyDocument: invokePolicySchema,
  context: z.record(z.string(), scalar.nullable()).nullish(),
  usageIdentifierKey: z.string().nullish(),
});
type Verdict = { readonly policy: InvokePolicy; readonly context: VtlMap };

/** What functions said, for as long as their authorizer's TTL. */
export class LambdaVerdicts extends ExpiringCache<Verdict> {
  constructor(clock: Clock) {
    super(clock);
  }
}

/** A function decides by a policy, which a cached verdict applies to other methods of the API too. */
export function authorizeLambda(
  authorizer: Authorizer,
  ports: Pick<AuthorizerPorts, 'lambda' | 'clock' | 'mayAssume'>,
  verdicts: LambdaVerdicts,
): Authorize {
  const sources = (authorizer.identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  for (const source of sources) if (!knownSource.test(source)) throw invalidSource(source);
  const isToken = compileIdentityValidation(authorizer.identityValidationExpression);
  return async (exchange) => {
    const identity = sources.map((source) => readIdentity(source, exchange));
    if (identity.some((value) => value === undefined || value === '')) throw unauthorized();
    const [token = ''] = identity;
    if (authorizer.type === 'TOKEN' && !isToken(token)) throw unauthorized();

    const key = JSON.stringify([authorizer.id, exchange.apiId, exchange.stage.stageName, ...identity]);
    const isCached = sources.length > 0;
    const known = isCached ? verdicts.get(key) : undefined;
    const verdict = known ?? (await ask(authorizer, exchange, token, ports));
    if (isCached && known === undefined) verdicts.set(key, verdict, authorizer.resultTtlInSeconds * 1000);
    if (!allowsInvoke(verdict.policy, methodArn(exchange))) {
      const denied = verdict.policy.Statement.some(({ Effect }) => Effect === 'Deny');
      const hint = denied ? ' with an explicit deny in an identity-based policy' : '';
      throw new GatewayError('ACCESS_DENIED', `User is not authorized to access this resource${hint}`);
    }
    exchange.authorizer = verdict.context;
  };
}

const knownSource = /^(method\.request\.(header|querystring)|stageVariables|context)\..+$/;

function invalidSource(source: string): AwsError {
  return new AwsError('BadRequestException', `Invalid Authorizer identity source: ${source}`);
}

function readIdentity(source: string, exchange: Exchange): string | undefined {
  const [, place, name = ''] =
    /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? [];
  switch (place) {
    case 'method.request.header':
      return headerOf(exchange, name);
    case 'method.request.querystring':
      return exchange.query.get(name)?.values.at(-1);
    case 'stageVariables':
      return exchange.stage.variables[name];
    default:
      return toText(readVariable(contextVariables(exchange), name));
  }
}

async function ask(
  authorizer: Authorizer,
  exchange: Exchange,
  token: string,
  { lambda, clock, mayAssume }: Pick<AuthorizerPorts, 'lambda' | 'clock' | 'mayAssume'>,
): Promise<Verdict> {
  const startedAt = clock.now();
  const functionArn = functionArnOf(authorizer.authorizerUri ?? '', exchange.stage.variables);
  if (functionArn === undefined) throw misconfigured(`Invalid authorizer URI ${authorizer.authorizerUri}`);
  const { authorizerCredentials: credentials } = authorizer;
  if (credentials !== undefined) checkRole(credentials, mayAssume);
  const result = await callLambda(lambda, exchange, {
    functionArn,
    payload: JSON.stringify(authorizer.type === 'TOKEN' ? tokenEvent(exchange, token) : requestEvent(exchange)),
    type: 'RequestResponse',
    credentials,
    sourceArn: `arn:aws:execute-api:${exchange.region}:${accountId}:${exchange.apiId}/authorizers/${authorizer.id}`,
  });
  return readVerdict(result, clock.now() - startedAt);
}

function tokenEvent(exchange: Exchange, token: string): object {
  return { type: 'TOKEN', methodArn: methodArn(exchange), authorizationToken: token };
}

function requestEvent(exchange: Exchange): object {
  const { resource, request, headers, query, stage } = exchange;
  return {
    type: 'REQUEST',
    methodArn: methodArn(exchange),
    resource: resource?.path,
    path: exchange.clientPath,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    pathParameters: resource?.parameters ?? {},
    stageVariables: orNull(stage.variables) ?? {},
    requestContext: requestContext(exchange),
  };
}

function readVerdict({ payload, functionError }: InvokeResult, latency: number): Verdict {
  const answer = parse(payload);
  if (functionError !== undefined) {
    const message = z.looseObject({ errorMessage: z.string() }).safeParse(answer);
    if (message.success && message.data.errorMessage === 'Unauthorized') throw unauthorized();
    throw new GatewayError('AUTHORIZER_FAILURE', '', { cause: `Authorizer failed: ${payload.toString()}` });
  }
  const verdict = verdictSchema.safeParse(answer);
  if (!verdict.success) throw misconfigured(`Invalid authorizer response: ${z.prettifyError(verdict.error)}`);
  const { principalId, policyDocument, context, usageIdentifierKey } = verdict.data;
  return {
    policy: policyDocument,
    context: {
      principalId,
      integrationLatency: latency,
      ...context,
      ...(typeof usageIdentifierKey === 'string' ? { usageIdentifierKey } : {}),
    },
  };
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

function unauthorized(): GatewayError {
  return new GatewayError('UNAUTHORIZED', 'Unauthorized');
}

/** API Gateway tells the client nothing of it but `{"message":null}`. */
function misconfigured(cause: string): GatewayError {
  return new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', '', { cause });
}
