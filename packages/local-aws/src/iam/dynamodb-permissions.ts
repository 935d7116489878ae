import { arn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { type JsonCall, type Lookups, objectsOf, type Permission, textOf } from './permission.ts';

/** What a DynamoDB or DynamoDB Streams call needs; transactions need the single actions that they are made of. */
export function dynamoDbPermissions(call: JsonCall, lookups: Lookups): Permission[] {
  const { action, input, region } = call;
  switch (action) {
    case 'ListTables':
    case 'DescribeLimits':
    case 'DescribeEndpoints':
      return [{ action: `dynamodb:${action}`, resource: '*' }];
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return batch(call, lookups);
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return transaction(call, lookups);
    case 'ExecuteStatement':
      return [statement(call, textOf(input.Statement))];
    case 'BatchExecuteStatement':
      return objectsOf(input.Statements).map(({ Statement }) => statement(call, textOf(Statement)));
    case 'ExecuteTransaction':
      return objectsOf(input.TransactStatements).map(({ Statement }) => ({
        ...statement(call, textOf(Statement)),
        context: { 'dynamodb:EnclosingOperation': 'ExecuteTransaction' },
      }));
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${action}`, resource: textOf(input.StreamArn) ?? '*' }];
    case 'GetRecords': {
      const stream = lookups.streamOfIterator?.(textOf(input.ShardIterator) ?? '', region);
      return [{ action: 'dynamodb:GetRecords', resource: stream ?? tableArn('*', region, 'stream/*') }];
    }
    case 'ListStreams':
      return [
        { action: 'dynamodb:ListStreams', resource: tableArn(textOf(input.TableName) ?? '*', region, 'stream/*') },
      ];
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
      return [{ action: `dynamodb:${action}`, resource: textOf(input.ResourceArn) ?? '*' }];
    default:
      return [itemPermission(call, lookups)];
  }
}

/** Everything that names one table, and perhaps an index of it. */
function itemPermission({ action, input, region }: JsonCall, lookups: Lookups): Permission {
  const table = tableArn(textOf(input.TableName) ?? '*', region);
  const index = textOf(input.IndexName);
  return {
    action: `dynamodb:${action}`,
    resource: index === undefined ? table : `${table}/index/${index}`,
    context: {
      'dynamodb:Select': textOf(input.Select),
      'dynamodb:ReturnValues': textOf(input.ReturnValues),
      'dynamodb:LeadingKeys': leadingKeys(input, lookups.hashKey?.(table, index)),
    },
  };
}

function batch({ action, input, region }: JsonCall, lookups: Lookups): Permission[] {
  const tables = isJsonObject(input.RequestItems ?? null) && isJsonObject(input.RequestItems) ? input.RequestItems : {};
  return Object.entries(tables).map(([name, requests]) => {
    const resource = tableArn(name, region);
    const keys = isJsonObject(requests) ? objectsOf(requests.Keys) : objectsOf(requests).map(writtenItem);
    const hashKey = lookups.hashKey?.(resource, undefined);
    return {
      action: `dynamodb:${action}`,
      resource,
      context: { 'dynamodb:LeadingKeys': keys.flatMap((key) => keyValue(key, hashKey) ?? []) },
    };
  });
}

function writtenItem({ PutRequest, DeleteRequest }: JsonObject): JsonObject {
  const put = isJsonObject(PutRequest ?? null) && isJsonObject(PutRequest) ? PutRequest.Item : undefined;
  const removed = isJsonObject(DeleteRequest ?? null) && isJsonObject(DeleteRequest) ? DeleteRequest.Key : undefined;
  const item = put ?? removed ?? null;
  return isJsonObject(item) ? item : {};
}

const transactActions: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function transaction({ action, input, region }: JsonCall, lookups: Lookups): Permission[] {
  return objectsOf(input.TransactItems).flatMap((entry) =>
    Object.entries(entry).flatMap(([kind, part]): Permission[] => {
      const single = transactActions[kind];
      if (single === undefined || !isJsonObject(part)) return [];
      const permission = itemPermission({ action: single, input: part, region }, lookups);
      return [{ ...permission, context: { ...permission.context, 'dynamodb:EnclosingOperation': action } }];
    }),
  );
}

const partiQlActions: Readonly<Record<string, string>> = {
  SELECT: 'PartiQLSelect',
  INSERT: 'PartiQLInsert',
  UPDATE: 'PartiQLUpdate',
  DELETE: 'PartiQLDelete',
  EXISTS: 'PartiQLSelect',
};

/** DynamoDB's limit of a PartiQL statement; the engine refuses longer ones. */
const maxStatementLength = 8192;

function statement({ region }: JsonCall, text = ''): Permission {
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  const [, table = '*', index] =
    /(?:FROM|INTO|UPDATE)\s+"?([\w.:/-]+?)"?(?:\."?([\w.-]+)"?)?(?:\s|$)/i.exec(text.slice(0, maxStatementLength)) ??
    [];
  const resource = tableArn(table, region);
  return {
    action: `dynamodb:${partiQlActions[verb] ?? 'PartiQLSelect'}`,
    resource: index === undefined ? resource : `${resource}/index/${index}`,
  };
}

function tableArn(nameOrArn: string, region: string, rest?: string): string {
  const table = nameOrArn.startsWith('arn:') ? nameOrArn : arn('dynamodb', region, `table/${nameOrArn}`);
  return rest === undefined ? table : `${table}/${rest}`;
}

function leadingKeys(input: JsonObject, hashKey: string | undefined): readonly string[] | undefined {
  const item = input.Key ?? input.Item;
  const value = item !== undefined && isJsonObject(item) ? keyValue(item, hashKey) : queriedKey(input, hashKey);
  return value === undefined ? undefined : [value];
}

function keyValue(item: JsonObject, hashKey: string | undefined): string | undefined {
  return hashKey === undefined ? undefined : scalar(item[hashKey]);
}

/** The value that a Query's key condition compares the partition key with. */
function queriedKey(input: JsonObject, hashKey: string | undefined): string | undefined {
  const condition = textOf(input.KeyConditionExpression);
  const values = input.ExpressionAttributeValues ?? null;
  if (condition === undefined || hashKey === undefined || !isJsonObject(values)) return undefined;
  const names = input.ExpressionAttributeNames ?? null;
  for (const [, name = '', placeholder = ''] of condition.matchAll(/(?<![#\w.-])([#\w.-]+)\s*=\s*(:\w+)/g)) {
    const attribute = isJsonObject(names) && Object.hasOwn(names, name) ? names[name] : name;
    if (attribute === hashKey) return scalar(values[placeholder]);
  }
  return undefined;
}

function scalar(value: JsonValue | undefined): string | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined;
  return textOf(value.S) ?? textOf(value.N) ?? textOf(value.B);
}
