import { functionArnOf } from '../function-arn.ts';
import { executeApiArn, type FunctionCaller } from './call-function.ts';
import { eventV1 } from './event-v1.ts';
import { eventV2 } from './event-v2.ts';
import type { Exchange } from './exchange.ts';
import { headerOf } from './http-request.ts';
import { failed, type IntegrationResult } from './integration-result.ts';
import { readAnswerV1, readAnswerV2 } from './lambda-answer.ts';
import type { Integration } from './model.ts';

/** A Lambda proxy integration in payload format 1.0 or 2.0. */
export async function integrateLambda(
  call: FunctionCaller,
  exchange: Exchange,
  { integrationUri = '', credentialsArn, payloadFormatVersion, timeoutInMillis = 30_000 }: Integration,
): Promise<IntegrationResult> {
  const functionArn = functionArnOf(integrationUri, exchange.stage.stageVariables);
  if (functionArn === undefined) return failed(500, `not a function: ${integrationUri}`);
  const isV1 = payloadFormatVersion === '1.0';
  const answer = await call({
    functionArn,
    event: isV1 ? eventV1(exchange) : eventV2(exchange),
    credentialsArn,
    sourceArn: sourceArn(exchange),
    traceId: headerOf(exchange.request, 'x-amzn-trace-id'),
    timeout: timeoutInMillis,
  });
  switch (answer.kind) {
    case 'timeout':
      return failed(503, `the function took longer than ${timeoutInMillis} ms`);
    case 'throttled':
      return failed(503, answer.message);
    case 'too-large':
      return failed(413, answer.message);
    case 'failed':
      return failed(500, answer.message);
    case 'payload': {
      const read = isV1 ? readAnswerV1(answer.payload) : readAnswerV2(answer.payload);
      return read === undefined
        ? failed(500, 'the function returned a malformed response')
        : { kind: 'answer', answer: read, requestId: answer.requestId };
    }
  }
}

/** Permissions name the route, not the path: `GET /pets/{id}` is `…/GET/pets/{id}`, `$default` is `…/$default`. */
function sourceArn({ region, apiId, stage, route }: Exchange): string {
  return executeApiArn(region, apiId, stage.stageName, route.routeKey.replace(' ', ''));
}
