import type { AwsApi } from '../core/aws-api.ts';

const writes = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
  'ExecuteStatement',
  'BatchExecuteStatement',
  'ExecuteTransaction',
]);

/** Passes DynamoDB calls on, and reports every write that succeeded, so that stream consumers need not wait. */
export function watchTableWrites(dynamoDb: AwsApi, onWrite: (tableNames: readonly string[]) => void): AwsApi {
  return async (request) => {
    const answer = await dynamoDb(request);
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    if (answer.status < 300 && writes.has(action)) onWrite(tablesIn(action, request.body.toString()));
    return answer;
  };
}

/** Found in the text, as parsing every write for a hint would cost more than the hint is worth. */
function tablesIn(action: string, body: string): string[] {
  const pattern =
    action === 'BatchWriteItem'
      ? /"([\w.:/-]{3,})"\s*:\s*\[\s*\{\s*"(?:Put|Delete)Request"/g
      : action.endsWith('Item') || action === 'TransactWriteItems'
        ? /"TableName"\s*:\s*"([^"]+)"/g
        : /(?:INTO|UPDATE|FROM)\s+\\?"?([\w.-]{3,})/gi;
  // A table may be named by its ARN.
  return [...new Set(Array.from(body.matchAll(pattern), ([, name = '']) => name.split('/').at(-1) ?? name))];
}
