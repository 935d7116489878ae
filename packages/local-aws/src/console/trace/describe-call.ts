import type { AwsRequest } from '../../core/aws-api.ts';

export type Call = { readonly service: string; readonly operation: string; readonly resource: string };

/** What a call of an AWS API does, and to which resource, as far as the first bytes of the request show. */
export function describeCall(request: AwsRequest): Call {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const operation = target.slice(target.lastIndexOf('.') + 1);
    // Streams have an endpoint of their own on AWS, and the same signing name.
    const service = target.startsWith('DynamoDBStreams') ? 'dynamodbstreams' : request.service;
    return { service, operation, resource: resourceInJson(request) };
  }
  switch (request.service) {
    case 'lambda':
      return describeLambda(request);
    case 's3':
      return describeObject(request);
    case 'sqs':
    case 'sns':
      return describeQuery(request);
    default:
      return { service: request.service, operation: `${request.method} ${request.path}`, resource: '' };
  }
}

/** The first name in the body: parsing every body for it would cost more than it is worth. */
function resourceInJson({ body }: AwsRequest): string {
  const [, name = '', value = ''] =
    /"(TableName|QueueUrl|TopicArn|EventBusName|logGroupName|SourceArn|StreamArn)"\s*:\s*"([^"]{1,300})"/.exec(
      startOf(body),
    ) ?? [];
  if (name === '') return /"RequestItems"\s*:\s*\{\s*"([^"]+)"/.exec(startOf(body))?.[1] ?? '';
  return name === 'logGroupName' ? value : lastPart(value);
}

/** How the paths end of the calls that begin a trace. */
const invocations: Readonly<Record<string, string>> = {
  invocations: 'Invoke',
  'response-streaming-invocations': 'InvokeWithResponseStream',
};

function describeLambda({ service, method, path }: AwsRequest): Call {
  const [, name = ''] = /\/functions\/([^/]+)/.exec(path) ?? [];
  const [ending = ''] = method === 'POST' ? (/[^/]*$/.exec(path) ?? []) : [];
  const operation = Object.hasOwn(invocations, ending) ? (invocations[ending] ?? '') : `${method} ${path}`;
  const resource = decode(name);
  // A name may be an ARN, with or without a qualifier.
  const plain = resource.split(':function:').at(-1)?.split(':')[0] ?? resource;
  return { service, operation, resource: plain };
}

const objectOperations: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
};

function describeObject({ service, method, path }: AwsRequest): Call {
  const [, bucket = '', key = ''] = path.split('/');
  const operation = key === '' ? `${method} bucket` : (objectOperations[method] ?? method);
  return { service, operation, resource: decode(bucket) };
}

function describeQuery({ service, query, body, path }: AwsRequest): Call {
  const form = new URLSearchParams(startOf(body));
  const read = (name: string): string => form.get(name) ?? query.get(name) ?? '';
  const resource = read('TopicArn') || read('QueueUrl') || read('TargetArn') || path;
  return { service, operation: read('Action'), resource: lastPart(resource) };
}

function startOf(body: Buffer): string {
  return body.toString('utf8', 0, Math.min(body.length, 4096));
}

function lastPart(value: string): string {
  const parts = value.split(/[/:]/);
  // The ARN of a stream ends with its label, after the name of the table.
  const at = parts.indexOf('table');
  return (at < 0 ? parts.at(-1) : parts[at + 1]) ?? value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
