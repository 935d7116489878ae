import { arn, parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** The engine's ARNs are those of a region of its own. */
const engineRegion = 'dynoxide';
const engineArn = arnPrefix(engineRegion);

function arnPrefix(region: string): string {
  return arn('dynamodb', region, '');
}

/** For texts without items, such as table and stream descriptions. */
export function toCallersArns(text: string, region: string): string {
  return text.replaceAll(engineArn, arnPrefix(region));
}

/** The ARNs of other regions stay: the engine knows nothing of this name. */
export function toEngineArns(text: string, region: string): string {
  return text.replaceAll(arnPrefix(region), engineArn);
}

/** Tells cheaply whether a body may name a table by its ARN, which the engine does not take. */
export function mayNameTableByArn(body: Buffer): boolean {
  return body.includes(':table/');
}

/**
 * Turns table ARNs into names wherever DynamoDB takes one for the other, and nowhere within items.
 *
 * @throws AwsError ResourceNotFoundException for a table of another region
 */
export function withTableNames(input: JsonObject, region: string): JsonObject {
  const { TableName, RequestItems, TransactItems, ...rest } = input;
  return {
    ...rest,
    ...(TableName === undefined ? {} : { TableName: tableName(TableName, region) }),
    ...(RequestItems === undefined ? {} : { RequestItems: byTableName(RequestItems, region) }),
    ...(TransactItems === undefined ? {} : { TransactItems: inEveryAction(TransactItems, region) }),
  };
}

function tableName(value: JsonValue, region: string): JsonValue {
  const parsed = typeof value === 'string' ? parseArn(value) : undefined;
  const name = /^table\/([^/]+)$/.exec(parsed?.resource ?? '')?.[1];
  if (parsed === undefined || name === undefined) return value;
  if (parsed.region === region || parsed.region === engineRegion) return name;
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

function byTableName(items: JsonValue, region: string): JsonValue {
  if (!isJsonObject(items)) return items;
  return Object.fromEntries(Object.entries(items).map(([name, value]) => [String(tableName(name, region)), value]));
}

function inEveryAction(items: JsonValue, region: string): JsonValue {
  if (!Array.isArray(items)) return items;
  return items.map((item) =>
    isJsonObject(item)
      ? Object.fromEntries(
          Object.entries(item).map(([action, value]) => [
            action,
            isJsonObject(value) ? withTableNames(value, region) : value,
          ]),
        )
      : item,
  );
}
