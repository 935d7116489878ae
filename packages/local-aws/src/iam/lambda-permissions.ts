import { arn } from '../core/arn.ts';
import type { AwsRequest } from '../core/aws-api.ts';
import { decodeSegment } from '../core/decode-segment.ts';
import { tryReadJsonObject } from '../core/read-json.ts';
import { type Permission, passRole, textOf, unknownPermission } from './permission.ts';

/** Method and what follows the function's name, with the action that it is. `*` is one segment. */
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
  'DELETE /policy/*': 'RemovePermission',
  'GET /aliases': 'ListAliases',
  'POST /aliases': 'CreateAlias',
  'GET /aliases/*': 'GetAlias',
  'PUT /aliases/*': 'UpdateAlias',
  'DELETE /aliases/*': 'DeleteAlias',
  'POST /url': 'CreateFunctionUrlConfig',
  'GET /url': 'GetFunctionUrlConfig',
  'PUT /url': 'UpdateFunctionUrlConfig',
  'DELETE /url': 'DeleteFunctionUrlConfig',
  'GET /urls': 'ListFunctionUrlConfigs',
  'GET /provisioned-concurrency': 'GetProvisionedConcurrencyConfig',
  'GET /provisioned-concurrency?List=ALL': 'ListProvisionedConcurrencyConfigs',
  'PUT /provisioned-concurrency': 'PutProvisionedConcurrencyConfig',
  'DELETE /provisioned-concurrency': 'DeleteProvisionedConcurrencyConfig',
  'GET /concurrency': 'GetFunctionConcurrency',
  'PUT /concurrency': 'PutFunctionConcurrency',
  'DELETE /concurrency': 'DeleteFunctionConcurrency',
  'GET /event-invoke-config': 'GetFunctionEventInvokeConfig',
  'PUT /event-invoke-config': 'PutFunctionEventInvokeConfig',
  'POST /event-invoke-config': 'UpdateFunctionEventInvokeConfig',
  'DELETE /event-invoke-config': 'DeleteFunctionEventInvokeConfig',
  'GET /event-invoke-config/list': 'ListFunctionEventInvokeConfigs',
  'GET /code-signing-config': 'GetFunctionCodeSigningConfig',
  'GET /runtime-management-config': 'GetRuntimeManagementConfig',
  'GET /recursion-config': 'GetFunctionRecursionConfig',
};
const mappingActions: Readonly<Record<string, string>> = {
  'POST ': 'CreateEventSourceMapping',
  'GET ': 'ListEventSourceMappings',
  'GET /*': 'GetEventSourceMapping',
  'PUT /*': 'UpdateEventSourceMapping',
  'DELETE /*': 'DeleteEventSourceMapping',
};
const layerActions: Readonly<Record<string, string>> = {
  'GET ': 'ListLayers',
  'GET by ARN': 'GetLayerVersion',
  'POST /versions': 'PublishLayerVersion',
  'GET /versions': 'ListLayerVersions',
  'GET /versions/*': 'GetLayerVersion',
  'DELETE /versions/*': 'DeleteLayerVersion',
  'POST /versions/*/policy': 'AddLayerVersionPermission',
  'GET /versions/*/policy': 'GetLayerVersionPolicy',
  'DELETE /versions/*/policy/*': 'RemoveLayerVersionPermission',
};
const tagActions: Readonly<Record<string, string>> = { GET: 'ListTags', POST: 'TagResource', DELETE: 'UntagResource' };

/** What a Lambda call needs. @throws AwsError for a call whose permission is not written down */
export function lambdaPermissions(request: AwsRequest): Permission[] {
  const { method, path, query, region, body } = request;
  const [, collection = '', encoded = '', tail = ''] =
    /^\/\d{4}-\d{2}-\d{2}\/([\w-]+)(?:\/([^/]+)(\/.+?)?)?\/?$/.exec(path) ?? [];
  const name = decodeSegment(encoded);
  const found = (actions: Readonly<Record<string, string>>, call: string, resource: string): Permission => {
    if (!Object.hasOwn(actions, call)) throw unknownPermission('lambda', `${method} ${path}`);
    return { action: `lambda:${actions[call]}`, resource };
  };
  switch (collection) {
    case 'functions': {
      if (name === '' && method === 'GET') return [{ action: 'lambda:ListFunctions', resource: '*' }];
      const call = functionCall(method, tail, query);
      const given = name === '' || call === 'PUT /configuration' ? (tryReadJsonObject(body) ?? {}) : {};
      const roleArn = textOf(given.Role);
      const resource = functionArn(name || (textOf(given.FunctionName) ?? ''), query.get('Qualifier'), region);
      return [
        name === '' ? found({ 'POST ': 'CreateFunction' }, call, resource) : found(functionActions, call, resource),
        ...(roleArn === undefined ? [] : [passRole(roleArn, 'lambda.amazonaws.com')]),
      ];
    }
    case 'event-source-mappings':
      return [
        name === ''
          ? found(mappingActions, `${method} `, '*')
          : found(mappingActions, `${method} /*${tail}`, arn('lambda', region, `event-source-mapping:${name}`)),
      ];
    case 'layers':
      return [found(layerActions, ...layerCall(request, name, tail))];
    case 'tags':
      return [found(tagActions, method, name)];
    case 'account-settings':
      return [found({ GET: 'GetAccountSettings' }, method, '*')];
    default:
      throw unknownPermission('lambda', `${method} ${path}`);
  }
}

/** A call about layers, and the layer or version that it is about. */
function layerCall(
  { method, query, region }: AwsRequest,
  name: string,
  tail: string,
): readonly [call: string, resource: string] {
  if (name === '') {
    return query.get('find') === 'LayerVersion' ? [`${method} by ARN`, query.get('Arn') ?? '*'] : [`${method} `, '*'];
  }
  const [, version] = /^\/versions\/([^/]+)/.exec(tail) ?? [];
  const layer = `layer:${name.split(':layer:').at(-1)}${version === undefined ? '' : `:${version}`}`;
  const call = `${method} ${tail.replace(/^(\/versions)\/[^/]+/, '$1/*').replace(/(\/policy)\/[^/]+$/, '$1/*')}`;
  return [call, arn('lambda', region, layer)];
}

/** A call of a function as `functionActions` has it. */
function functionCall(method: string, tail: string, query: URLSearchParams): string {
  const isList = tail === '/provisioned-concurrency' && query.get('List') === 'ALL';
  return `${method} ${tail.replace(/^(\/policy|\/aliases)\/[^/]+$/, '$1/*')}${isList ? '?List=ALL' : ''}`;
}

/** From a name, partial ARN or ARN, with the qualifier wherever it stands. */
export function functionArn(reference: string, qualifier: string | null, region: string): string {
  const [, ownRegion = region, name = reference, inline] =
    /^(?:(?:arn:[^:]+:lambda:([^:]*):)?\d*:?function:)?([^:]+)(?::([^:]+))?$/.exec(reference) ?? [];
  const version = qualifier ?? inline;
  return arn('lambda', ownRegion, `function:${name}${version === undefined ? '' : `:${version}`}`);
}
