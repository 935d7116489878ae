import { accountId } from '../../core/arn.ts';
import type { AwsApi, AwsResponse } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { rolePrincipal } from '../../core/credentials.ts';
import type { JsonObject } from '../../core/json.ts';
import { answeredObject } from '../../core/read-json.ts';
import type { Integration } from './api-definition.ts';
import { gatewaySession } from './call-lambda.ts';
import type { Exchange } from './exchange.ts';
import { fillStageVariables, fillUri, type IntegrationRequest } from './integration-request.ts';
import type { IntegrationAnswer } from './integration-response.ts';
import { readSqsQuery, sqsQueryAnswer, sqsQueryError } from './sqs-query.ts';
import { xmlToJson } from './xml-to-json.ts';

export type CallIntegration = (request: IntegrationRequest, exchange: Exchange) => Promise<IntegrationAnswer>;

type Target = {
  readonly region: string;
  readonly service: string;
  readonly kind: 'path' | 'action';
  readonly rest: string;
};
type Outgoing = Target & {
  readonly integration: Integration;
  readonly request: IntegrationRequest;
  readonly exchange: Exchange;
  readonly credentials: string;
};
type CallService = (dispatch: AwsApi, outgoing: Outgoing) => Promise<IntegrationAnswer>;

const services: Readonly<Record<string, { readonly kinds: readonly string[]; readonly call: CallService }>> = {
  dynamodb: { kinds: ['action'], call: callDynamoDb },
  sqs: { kinds: ['path', 'action'], call: callSqs },
  sns: { kinds: ['path', 'action'], call: callSns },
  s3: { kinds: ['path'], call: callS3 },
};

/** `AWS` to anything but Lambda: `arn:aws:apigateway:<region>:<service>:path|action/…`. @throws AwsError naming what is not supported */
export function compileAwsService(integration: Integration, dispatch: AwsApi): CallIntegration {
  const { uri = '', credentials } = integration;
  const target = parseUri(uri);
  const service = Object.hasOwn(services, target.service) ? services[target.service] : undefined;
  if (service?.kinds.includes(target.kind) !== true) {
    throw new AwsError(
      'BadRequestException',
      `Integrations with ${target.service}:${target.kind} are not supported here (${uri}). See the README of local-aws for those that are.`,
    );
  }
  if (credentials === undefined || !/^arn:[\w-]+:iam::\d{12}:role\/|\$\{stageVariables\./.test(credentials)) {
    throw new AwsError(
      'BadRequestException',
      `Role ARN must be specified for AWS integrations: ${credentials ?? 'there are no credentials'} for ${uri}`,
    );
  }
  return (request, exchange) => {
    const filled = parseUri(fillUri(uri, exchange, request.path));
    return service.call(dispatch, { ...filled, integration, request, exchange, credentials });
  };
}

function parseUri(uri: string): Target {
  const [, region, service, kind, rest] =
    /^arn:[\w-]+:apigateway:([^:]*):(?:[\w-]+\.)?([\w-]+):(path|action)\/(.*)$/s.exec(uri) ?? [];
  if (region === undefined || service === undefined || rest === undefined || (kind !== 'path' && kind !== 'action')) {
    throw new AwsError('BadRequestException', `AWS ARN for integration contains invalid path: ${uri}`);
  }
  return { region, service, kind, rest };
}

async function callDynamoDb(dispatch: AwsApi, outgoing: Outgoing): Promise<IntegrationAnswer> {
  return answerOf(
    await send(dispatch, outgoing, {
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${outgoing.rest}` },
      body: Buffer.from(outgoing.request.body),
    }),
  );
}

/** Through the Query protocol, unless the request names a target of the JSON protocol. */
async function callSqs(dispatch: AwsApi, outgoing: Outgoing): Promise<IntegrationAnswer> {
  const { request, exchange, kind, rest, region } = outgoing;
  const target = request.headers.get('x-amz-target')?.values.at(-1);
  const contentType = 'application/x-amz-json-1.0';
  if (target !== undefined) {
    const headers = { 'content-type': contentType, 'x-amz-target': target };
    return answerOf(await send(dispatch, outgoing, { headers, body: Buffer.from(request.body) }));
  }
  try {
    const { action, input } = readSqsQuery(queryParameters(outgoing), queueUrlOf(kind, rest, region));
    const headers = { 'content-type': contentType, 'x-amz-target': `AmazonSQS.${action}` };
    const response = await send(dispatch, outgoing, { headers, body: Buffer.from(JSON.stringify(input)) });
    const output = answeredObject(response.body);
    if (response.status >= 300) throw queryError(response, output);
    return json(200, sqsQueryAnswer(action, output, exchange.requestId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const type = error.status < 500 ? 'Sender' : 'Receiver';
    return json(error.status, sqsQueryError(error.code, error.message, type, exchange.requestId));
  }
}

function queueUrlOf(kind: Target['kind'], rest: string, region: string): string | undefined {
  if (kind === 'action' || rest === '') return undefined;
  const [name] = rest.split('/').slice(-1);
  return `http://sqs.${region}.localhost/${accountId}/${name}`;
}

/** What SQS answers in the JSON protocol, with the code that it has in the Query protocol. */
function queryError({ status, headers }: AwsResponse, { __type, message }: JsonObject): AwsError {
  const [code] = (headers['x-amzn-query-error'] ?? '').split(';');
  return new AwsError(code || String(__type).split('#').at(-1) || 'InternalFailure', String(message ?? ''), status);
}

async function callSns(dispatch: AwsApi, outgoing: Outgoing): Promise<IntegrationAnswer> {
  const body = Buffer.from(formOf(queryParameters(outgoing)).toString());
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const response = await send(dispatch, outgoing, { headers, body });
  const isXml = response.body.toString().trimStart().startsWith('<');
  return isXml ? json(response.status, xmlToJson(response.body.toString())) : answerOf(response);
}

/** The form in the body and the mapped query; of `action/X` the action too. */
function* queryParameters({ kind, rest, request }: Outgoing): Iterable<readonly [string, string]> {
  if (kind === 'action') yield ['Action', rest];
  for (const [name, values] of request.query) for (const value of values) yield [name, value];
  const contentType = request.headers.get('content-type')?.values.at(-1) ?? '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) yield* new URLSearchParams(request.body.toString());
}

async function callS3(dispatch: AwsApi, outgoing: Outgoing): Promise<IntegrationAnswer> {
  const { request, rest, integration } = outgoing;
  const headers = Object.fromEntries([...request.headers].map(([name, { values }]) => [name, values.join(',')]));
  const query = formOf([...request.query].flatMap(([name, values]) => values.map((value) => [name, value] as const)));
  const method = integration.httpMethod ?? 'GET';
  const body =
    method === 'GET' || method === 'HEAD' || method === 'DELETE' ? Buffer.alloc(0) : Buffer.from(request.body);
  return answerOf(await send(dispatch, outgoing, { method, path: `/${rest}`, query, headers, body }));
}

function formOf(parameters: Iterable<readonly [string, string]>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of parameters) form.append(name, value);
  return form;
}

type Message = {
  readonly method?: string;
  readonly path?: string;
  readonly query?: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

function send(
  dispatch: AwsApi,
  { service, region, exchange, credentials }: Outgoing,
  message: Message,
): Promise<AwsResponse> {
  return dispatch({
    requestId: exchange.requestId,
    service,
    region,
    principal: rolePrincipal(fillStageVariables(credentials, exchange), gatewaySession),
    method: message.method ?? 'POST',
    path: message.path ?? '/',
    query: message.query ?? new URLSearchParams(),
    headers: message.headers,
    body: message.body,
  });
}

function answerOf({ status, headers, body }: AwsResponse): IntegrationAnswer {
  return { status, headers: Object.entries(headers), body };
}

function json(status: number, body: object): IntegrationAnswer {
  return { status, headers: [['Content-Type', 'application/json']], body: JSON.stringify(body) };
}
