import { arn } from '../core/arn.ts';
import type { AwsRequest } from '../core/aws-api.ts';
import { type Permission, unknownPermission } from './permission.ts';

/** Method and what follows the function's name, with the action that it is. */
const functionActions: Readonly<Record<string, string>> = {
  'POST /invocations': 'InvokeFunction',
  'POST /response-streaming-invocations': 'InvokeFunction',
  'GET ': 'GetFunction',
  'DELETE ': 'DeleteFunction',
  'GET /configuration': 'GetFunctionConfiguration',
  'PUT /configuration': 'UpdateFunctionConfiguration',
  'PUT /code': 'UpdateFunctionCode',
  'GET /versions': 'ListVersionsByFunction',
  'POST /versions': 'PublishVersion',
  'GET /policy': 'GetPolicy',
  'POST /policy': 'AddPermission',
  'GET /aliases': 'ListAliases',
  'GET /concurrency': 'GetFunctionConcurrency',
  'PUT /concurrency': 'PutFunctionConcurrency',
  'DELETE /concurrency': 'DeleteFunctionConcurrency',
};

/** What a Lambda call needs. @throws AwsError for a call whose permission is not written down */
export function lambdaPermissions({ method, path, query, region }: AwsRequest): Permission[] {
  const [, rest = ''] = /^\/\d{4}-\d{2}-\d{2}(\/.*)$/.exec(path) ?? [];
  if (method === 'GET' && /^\/functions\/?$/.test(rest)) return [{ action: 'lambda:ListFunctions', resource: '*' }];
  const [, encoded = '', tail = ''] = /^\/functions\/([^/]+)(\/.*)?$/.exec(rest) ?? [];
  const call = `${method} ${tail.replace(/\/$/, '')}`;
  const action = Object.hasOwn(functionActions, call) ? functionActions[call] : undefined;
  if (action === undefined || encoded === '') throw unknownPermission('lambda', `${method} ${path}`);
  return [{ action: `lambda:${action}`, resource: functionArn(decode(encoded), query.get('Qualifier'), region) }];
}

/** From a name, partial ARN or ARN, with the qualifier wherever it stands. */
export function functionArn(reference: string, qualifier: string | null, region: string): string {
  const [, ownRegion = region, name = reference, inline] =
    /^(?:(?:arn:[^:]+:lambda:([^:]*):)?\d*:?function:)?([^:]+)(?::([^:]+))?$/.exec(reference) ?? [];
  const version = qualifier ?? inline;
  return arn('lambda', ownRegion, `function:${name}${version === undefined ? '' : `:${version}`}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
