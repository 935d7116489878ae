import { functionArnOf } from '../function-arn.ts';
import { executeApiArn, type FunctionCaller } from './call-lambda.ts';
import { eventV1 } from './event-v1.ts';
import { eventV2 } from './event-v2.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { integrationFailure } from './gateway-error.ts';
import { headerOf } from './http-request.ts';
import { readAnswerV1, readAnswerV2 } from './lambda-answer.ts';
import type { Integration } from './model.ts';

/** A Lambda proxy integration in payload format 1.0 or 2.0. @throws GatewayError */
export async function integrateLambda(
  call: FunctionCaller,
  exchange: Exchange,
  { integrationUri = '', credentialsArn, payloadFormatVersion, timeoutInMillis = 30_000 }: Integration,
): Promise<IntegrationAnswer> {
  const functionArn = functionArnOf(integrationUri, exchange.stage.stageVariables);
  if (functionArn === undefined) throw integrationFailure(`not a function: ${integrationUri}`);
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
      throw integrationFailure(`the function took longer than ${timeoutInMillis} ms`, 503);
    case 'throttled':
      throw integrationFailure(answer.message, 503);
    case 'too-large':
      throw integrationFailure(answer.message, 413);
    case 'failed':
      throw integrationFailure(answer.message);
    case 'payload': {
      const read = isV1 ? readAnswerV1(answer.payload) : readAnswerV2(answer.payload);
      if (read === undefined) throw integrationFailure('the function returned a malformed response');
      exchange.integration.requestId = answer.requestId;
      return read;
    }
  }
}

/** Permissions name the route, not the path: `GET /pets/{id}` is `…/GET/pets/{id}`, `$default` is `…/$default`. */
function sourceArn({ region, apiId, stage, route }: Exchange): string {
  return executeApiArn(region, apiId, stage.stageName, route.routeKey.replace(' ', ''));
}
