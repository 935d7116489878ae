import { accountId, parseArn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** The engine's ARNs are those of a region of its own, called `dynoxide`. */
const engineArn = `arn:aws:dynamodb:dynoxide:${accountId}:`;
const anyArn = new RegExp(`arn:aws:dynamodb:[a-z0-9-]+:${accountId}:`, 'g');

/** For texts without items, such as table and stream descriptions. */
export function toCallersArns(text: string, region: string): string {
  return text.replaceAll(engineArn, `arn:aws:dynamodb:${region}:${accountId}:`);
}

export function toEngineArns(text: string): string {
  return text.replaceAll(anyArn, engineArn);
}

/** Tells cheaply whether a body may name a table by its ARN, which the engine does not take. */
export function mayNameTableByArn(body: Buffer): boolean {
  return body.includes(':table/');
}

/** Turns table ARNs into names wherever DynamoDB takes one for the other, and nowhere within items. */
export function withTableNames(input: JsonObject): JsonObject {
  const { TableName, RequestItems, TransactItems, ...rest } = input;
  return {
    ...rest,
    ...(TableName === undefined ? {} : { TableName: tableName(TableName) }),
    ...(RequestItems === undefined ? {} : { RequestItems: byTableName(RequestItems) }),
    ...(TransactItems === undefined ? {} : { TransactItems: inEveryAction(TransactItems) }),
  };
}

function tableName(value: JsonValue): JsonValue {
  const resource = typeof value === 'string' ? parseArn(value)?.resource : undefined;
  return /^table\/([^/]+)$/.exec(resource ?? '')?.[1] ?? value;
}

function byTableName(items: JsonValue): JsonValue {
  if (!isJsonObject(items)) return items;
  return Object.fromEntries(Object.entries(items).map(([name, value]) => [String(tableName(name)), value]));
}

function inEveryAction(items: JsonValue): JsonValue {
  if (!Array.isArray(items)) return items;
  return items.map((item) =>
    isJsonObject(item)
      ? Object.fromEntries(
          Object.entries(item).map(([action, value]) => [action, isJsonObject(value) ? withTableNames(value) : value]),
        )
      : item,
  );
}
