import { AwsError } from '../../core/aws-error.ts';
import type { LambdaInvoker } from '../../core/lambda-invoker.ts';
import { functionArnOf } from '../function-arn.ts';
import type { ApiDefinition, Integration } from './api-definition.ts';
import { callLambda } from './call-lambda.ts';
import { type Exchange, type MethodAnswer, methodArn } from './exchange.ts';
import { configurationError, internalServerError } from './gateway-error.ts';
import { proxyEvent } from './lambda-proxy-event.ts';
import { readProxyResponse } from './lambda-proxy-response.ts';
import { compileRequestMappings } from './parameter-mapping.ts';
import { remapHeader } from './restricted-headers.ts';

/** `AWS_PROXY`: the function gets the request as an event and answers the client by itself. @throws AwsError */
export function compileLambdaProxy(
  integration: Integration,
  { binaryMediaTypes }: ApiDefinition,
  lambda: LambdaInvoker,
): (exchange: Exchange) => Promise<MethodAnswer> {
  const { uri = '', httpMethod, credentials } = integration;
  if (!/:lambda:path\//.test(uri))
    throw new AwsError(
      'BadRequestException',
      `Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations. Not supported here: ${uri}`,
    );
  const invocationType = compileRequestMappings(integration.requestParameters).find(
    ({ place, name }) => place === 'header' && name.toLowerCase() === 'x-amz-invocation-type',
  );
  return async (exchange) => {
    if (httpMethod !== 'POST') throw internalServerError('Lambda is only invoked by POST', 500);
    const functionArn = functionArnOf(uri, exchange.stage.variables);
    if (functionArn === undefined) throw configurationError(`Invalid Lambda function URI ${uri}`);
    const result = await callLambda(lambda, exchange, {
      functionArn,
      payload: proxyEvent(exchange, binaryMediaTypes),
      type: invocationType?.read(exchange) === 'Event' ? 'Event' : 'RequestResponse',
      credentials,
      sourceArn: methodArn(exchange),
    });
    exchange.integration.requestId = result.requestId;
    exchange.integration.status = result.statusCode;
    exchange.trace?.push(`Endpoint response body before transformations: ${result.payload.toString()}`);
    if (result.functionError !== undefined) {
      const message = result.payload.toString();
      exchange.integration.error = message;
      throw internalServerError(`Lambda execution failed: ${message}`, 502);
    }
    if (result.statusCode === 202) return { status: 200, headers: [['Content-Type', 'application/json']], body: '' };
    const answer = readProxyResponse(result.payload.toString(), exchange, binaryMediaTypes);
    return { ...answer, headers: answer.headers.flatMap(remapHeader) };
  };
}
