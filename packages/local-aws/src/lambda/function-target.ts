import type { AwsRequest } from '../core/aws-api.ts';
import type { PathParameters } from '../core/path-template.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionStore, Target } from './function-store.ts';
import { queryOf } from './rest-input.ts';

/** What the path and the `Qualifier` parameter name. */
export function resolveTarget(functions: FunctionStore, request: AwsRequest, { name = '' }: PathParameters): Target {
  return functions.resolve(parseFunctionName(name, queryOf(request, 'Qualifier')), request.region);
}
