import { parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';

/** The function and the qualifier that an ARN of a version or alias names, if the function still exists. */
export function locateQualifier(
  functions: FunctionStore,
  arn: string,
): { record: FunctionRecord; qualifier: string } | undefined {
  const { name, qualifier } = parseFunctionName(arn);
  const record = functions.find(name);
  return record === undefined || qualifier === undefined ? undefined : { record, qualifier };
}
