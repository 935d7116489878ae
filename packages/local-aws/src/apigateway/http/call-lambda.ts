import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { rolePrincipal } from '../../core/credentials.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { InvokeResult } from '../../core/lambda-invoker.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Principal } from '../../core/principal.ts';
import { notAssumable } from '../assume-role.ts';
import type { GatewayPorts } from '../gateway-ports.ts';

type FunctionAnswer =
  | { readonly kind: 'payload'; readonly payload: Buffer; readonly requestId: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'throttled'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  | { readonly kind: 'timeout' };

type Call = {
  readonly functionArn: string;
  readonly event: JsonObject;
  /** The role to call as; without one the function's resource policy must let this API in. */
  readonly credentialsArn: string | undefined;
  readonly sourceArn: string;
  readonly traceId: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
};

export type FunctionCaller = (call: Call) => Promise<FunctionAnswer>;

/** Invokes functions on behalf of an API and tells the ways apart in which that ends. */
export function functionCaller({
  lambda,
  clock,
  mayAssume,
}: Pick<GatewayPorts, 'lambda' | 'clock' | 'mayAssume'>): FunctionCaller {
  return async ({ functionArn, event, credentialsArn, sourceArn, traceId, timeout }) => {
    if (credentialsArn !== undefined && !mayAssume(credentialsArn)) {
      return { kind: 'failed', message: notAssumable(credentialsArn) };
    }
    const invocation = lambda.invoke({
      functionName: functionArn,
      type: 'RequestResponse',
      payload: JSON.stringify(event),
      principal: callerOf(credentialsArn, sourceArn),
      ...(traceId !== undefined && { traceId }),
    });
    return settleWithin(clock, timeout, invocation);
  };
}

function callerOf(credentialsArn: string | undefined, sourceArn: string): Principal {
  return credentialsArn === undefined
    ? { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
    : rolePrincipal(credentialsArn, 'BackplaneAssumeRoleSession');
}

function settleWithin(clock: Clock, timeout: number, invocation: Promise<InvokeResult>): Promise<FunctionAnswer> {
  return new Promise((resolve, reject) => {
    const timer = clock.schedule(() => resolve({ kind: 'timeout' }), timeout);
    invocation
      .then(readResult, readError)
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

function readResult({ payload, functionError, requestId }: InvokeResult): FunctionAnswer {
  return functionError === undefined
    ? { kind: 'payload', payload, requestId }
    : { kind: 'failed', message: `The Lambda function returned the following error: ${errorMessage(payload)}` };
}

function errorMessage(payload: Buffer): string {
  const error = parseJson(payload.toString('utf8'));
  return isJsonObject(error) ? String(error.errorMessage) : 'unknown';
}

function readError(error: unknown): FunctionAnswer {
  if (!(error instanceof AwsError)) throw error;
  const { code, message } = error;
  switch (code) {
    case 'TooManyRequestsException':
      return { kind: 'throttled', message };
    case 'RequestTooLargeException':
      return { kind: 'too-large', message };
    default:
      return { kind: 'failed', message };
  }
}

/** What a function's resource policy and an execute-api policy name: `…:<api>/<stage>/<METHOD>/<path>`. */
export function executeApiArn(region: string, apiId: string, stage: string, methodAndPath: string): string {
  return arn('execute-api', region, `${apiId}/${stage}/${methodAndPath}`);
}
