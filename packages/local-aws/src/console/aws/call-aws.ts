import { randomUUID } from 'node:crypto';
import { defaultRegion } from '../../core/arn.ts';
import type { AwsApi, AwsResponse } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Principal } from '../../core/principal.ts';
import { queryForm } from './query-input.ts';
import { type RestCall, restActions, restCall } from './rest-actions.ts';
import { readXml } from './xml-output.ts';

const targets: Readonly<
  Record<string, { readonly service: string; readonly prefix: string; readonly version: string }>
> = {
  codedeploy: { service: 'codedeploy', prefix: 'CodeDeploy_20141006', version: '1.1' },
  dynamodb: { service: 'dynamodb', prefix: 'DynamoDB_20120810', version: '1.0' },
  dynamodbstreams: { service: 'dynamodb', prefix: 'DynamoDBStreams_20120810', version: '1.0' },
  sqs: { service: 'sqs', prefix: 'AmazonSQS', version: '1.0' },
  events: { service: 'events', prefix: 'AWSEvents', version: '1.1' },
  logs: { service: 'logs', prefix: 'Logs_20140328', version: '1.1' },
  monitoring: { service: 'monitoring', prefix: 'GraniteServiceVersion20100801', version: '1.0' },
};
const queryVersions: Readonly<Record<string, string>> = {
  cloudformation: '2010-05-15',
  iam: '2010-05-08',
  sns: '2010-03-31',
  sts: '2011-06-15',
};

/** @param region by default the default one */
export type CallAws = (service: string, action: string, input: JsonObject, region?: string) => Promise<JsonObject>;

/**
 * Calls actions in whatever protocol their service speaks, in and out as JSON, with the rights of `principal`.
 * @throws AwsError as the service answers, UnknownAction
 */
export function awsCaller(dispatch: AwsApi, principal: Principal): CallAws {
  return async (service, action, input, region = defaultRegion) => {
    const call = describe(service, action, input);
    const response = await dispatch({
      requestId: randomUUID(),
      region,
      principal,
      service: targets[service]?.service ?? service,
      ...call,
    });
    if (response.status >= 300) throw errorOf(response);
    return service === 'lambda' && action === 'Invoke' ? invokeOutput(response) : outputOf(response);
  };
}

function describe(service: string, action: string, input: JsonObject): RestCall {
  const target = Object.hasOwn(targets, service) ? targets[service] : undefined;
  if (target !== undefined) {
    return post(JSON.stringify(input), {
      'x-amz-target': `${target.prefix}.${action}`,
      'content-type': `application/x-amz-json-${target.version}`,
    });
  }
  const version = Object.hasOwn(queryVersions, service) ? queryVersions[service] : undefined;
  if (version !== undefined) {
    return post(queryForm(action, version, input).toString(), { 'content-type': 'application/x-www-form-urlencoded' });
  }
  const actions = Object.hasOwn(restActions, service) ? restActions[service] : undefined;
  const rest = actions !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (rest !== undefined) return restCall(rest, input);
  const known = Object.keys(actions ?? { ...targets, ...queryVersions, ...restActions }).join(', ');
  throw new AwsError('UnknownAction', `There is no ${service} ${action} here. There are: ${known}`, 404);
}

function post(body: string, headers: Readonly<Record<string, string>>): RestCall {
  return { method: 'POST', path: '/', query: new URLSearchParams(), headers, body: Buffer.from(body) };
}

function outputOf({ body }: AwsResponse): JsonObject {
  const text = body.toString();
  if (text === '') return {};
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) return parsed;
  const xml: unknown = readXml(text);
  const [root] = isJsonObject(xml) ? Object.values(xml) : [];
  if (!isJsonObject(root)) return {};
  // `<ActionResponse><ActionResult>…` of a Query service; S3 has its members at the root.
  const result = Object.entries(root).find(([name]) => name.endsWith('Result'))?.[1];
  if (result === undefined) return root;
  return isJsonObject(result) ? result : {};
}

function invokeOutput({ status, headers, body }: AwsResponse): JsonObject {
  const { 'x-amz-function-error': functionError, 'x-amz-log-result': log } = headers;
  return {
    StatusCode: status,
    ExecutedVersion: headers['x-amz-executed-version'] ?? '',
    Payload: body.toString(),
    ...(functionError !== undefined && { FunctionError: functionError }),
    ...(log !== undefined && { LogResult: log }),
  };
}

function errorOf({ status, headers, body }: AwsResponse): AwsError {
  const text = body.toString();
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) {
    const code = String(parsed.__type ?? headers['x-amzn-errortype'] ?? parsed.code ?? 'InternalFailure');
    return new AwsError(code.split('#').at(-1) ?? code, String(parsed.message ?? parsed.Message ?? ''), status);
  }
  const [, code = 'InternalFailure'] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
  const [, message = ''] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
  return new AwsError(code, message, status);
}
