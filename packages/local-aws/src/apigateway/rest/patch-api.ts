import { AwsError } from '../../core/aws-error.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { RestApi } from './api-definition.ts';
import { checkCompressionSize } from './compression-size.ts';
import { type PatchOperation, refusePath } from './control-input.ts';

type Draft = Pick<RestApi, 'name' | 'description' | 'endpointTypes' | 'disableExecuteApiEndpoint' | 'definition'>;

/** Does what UpdateRestApi asks for, or nothing. @throws AwsError BadRequestException in AWS's words */
export function patchApi(api: RestApi, operations: readonly PatchOperation[]): void {
  const { name, description, endpointTypes, disableExecuteApiEndpoint, definition } = api;
  const draft: Draft = { name, description, endpointTypes, disableExecuteApiEndpoint, definition: { ...definition } };
  for (const operation of operations) patch(draft, operation);
  Object.assign(api, draft);
}

function patch(draft: Draft, { op, path, value = '' }: PatchOperation): void {
  const [, head = '', rest] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  const { definition } = draft;
  if (head === 'binaryMediaTypes') {
    definition.binaryMediaTypes = patchedTypes(definition.binaryMediaTypes, { op, path, value }, rest);
    return;
  }
  if (head === 'endpointConfiguration') {
    draft.endpointTypes = patchedEndpoint(draft.endpointTypes, { op, path, value });
    return;
  }
  if (rest !== undefined) refusePath(path);
  if (head === 'description' && op === 'remove') {
    draft.description = undefined;
    return;
  }
  if (op !== 'replace') throw invalid('Invalid patch operation specified. Must be one of: [replace]');
  switch (head) {
    case 'name':
      draft.name = value;
      return;
    case 'description':
      draft.description = value;
      return;
    case 'apiKeySource':
      if (value !== 'HEADER' && value !== 'AUTHORIZER') {
        throw invalid('Invalid API key source specified. Valid options are [HEADER, AUTHORIZER].');
      }
      definition.apiKeySource = value;
      return;
    case 'minimumCompressionSize':
      if (value === '') delete definition.minimumCompressionSize;
      else definition.minimumCompressionSize = checkCompressionSize(/^-?\d+$/.test(value) ? Number(value) : -1);
      return;
    case 'disableExecuteApiEndpoint':
      draft.disableExecuteApiEndpoint = value === 'true';
      return;
    case 'policy':
      patchPolicy(draft, value);
      return;
    default:
      refusePath(path);
  }
}

/** The types are named in the path, where a slash is `~1`. */
function patchedTypes(
  types: readonly string[],
  { op, path, value = '' }: PatchOperation,
  rest: string | undefined,
): string[] {
  if (rest === undefined) refusePath(path);
  const type = rest.replaceAll('~1', '/');
  const others = types.filter((present) => present !== type);
  return op === 'remove' ? others : [...others, op === 'add' ? type : value];
}

function patchedEndpoint(types: readonly string[], { op, path, value = '' }: PatchOperation): string[] {
  const [, present] = /^\/endpointConfiguration\/types\/(\w+)$/.exec(path) ?? [];
  if (present === undefined || !types.includes(present)) refusePath(path);
  if (value === 'PRIVATE')
    throw invalid('The local endpoint has no private APIs. See the support matrix of local-aws.');
  if (value !== 'REGIONAL' && value !== 'EDGE') {
    throw invalid('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE');
  }
  if (op !== 'replace') throw invalid("Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
  return [value];
}

function patchPolicy({ definition }: Draft, value: string): void {
  if (value === '') {
    delete definition.policy;
    return;
  }
  const policy = parseJson(value);
  if (policy === undefined || !isJsonObject(policy))
    throw invalid('Invalid policy document. Please check the policy syntax.');
  definition.policy = policy;
}

function invalid(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
