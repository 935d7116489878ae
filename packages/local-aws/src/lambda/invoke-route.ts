import type { AwsRequest } from '../core/aws-api.ts';
import type { InvokeRequest, LambdaInvoker } from '../core/lambda-invoker.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import { constraintError, functionArn, parseFunctionName } from './function-name.ts';
import { queryOf } from './rest-input.ts';

/** The API's Invoke. */
export function invokeRoute(invoker: LambdaInvoker): RestRoute {
  return {
    method: 'POST',
    path: '/2015-03-31/functions/{name}/invocations',
    async handle(request, { name = '' }) {
      const result = await invoker.invoke(readInvocation(request, name));
      const wantsTail = wantsLogTail(request) && result.statusCode === 200;
      return {
        status: result.statusCode,
        headers: {
          'x-amzn-requestid': result.requestId,
          // Only an answer of the function names the version that gave it.
          ...(result.statusCode === 200 ? { 'x-amz-executed-version': result.executedVersion } : {}),
          ...(result.functionError === undefined ? {} : { 'x-amz-function-error': result.functionError }),
          ...(wantsTail ? { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') } : {}),
        },
        body: result.payload,
      };
    },
  };
}

/** What a call of Invoke or InvokeWithResponseStream asks for. */
export function readInvocation(request: AwsRequest, name: string): InvokeRequest {
  const { region, qualifier, ...reference } = parseFunctionName(name, queryOf(request, 'Qualifier'));
  const clientContext = request.headers['x-amz-client-context'];
  const traceId = request.headers['x-amzn-trace-id'];
  return {
    functionName: functionArn(region ?? request.region, reference.name, qualifier),
    type: invocationType(request),
    payload: request.body,
    principal: request.principal,
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

export function wantsLogTail({ headers }: AwsRequest): boolean {
  return headers['x-amz-log-type'] === 'Tail';
}

function invocationType({ headers }: AwsRequest): InvokeRequest['type'] {
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'RequestResponse' || type === 'Event' || type === 'DryRun') return type;
  throw constraintError(type, 'invocationType', 'enum value set: [Event, RequestResponse, DryRun]');
}
