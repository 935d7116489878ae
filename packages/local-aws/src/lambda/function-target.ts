import type { AwsRequest } from '../core/aws-api.ts';
import type { RestParameters } from '../core/rest-protocol.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionStore, Target } from './function-store.ts';
import { queryOf } from './rest-input.ts';

/** What the path and the `Qualifier` parameter name. */
export function resolveTarget(functions: FunctionStore, request: AwsRequest, { name = '' }: RestParameters): Target {
  return functions.resolve(parseFunctionName(name, queryOf(request, 'Qualifier')), request.region);
}
