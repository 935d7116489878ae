import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { TableFacts } from '../dynamodb/table-facts.ts';

/** One item that a call reads or writes. */
export type ItemAccess = {
  readonly kind: 'read' | 'put' | 'update' | 'delete' | 'check';
  readonly table: string;
  /** The attributes of the table's key. */
  readonly key: JsonObject;
  /** What the call says about the item: its `Item` or its expressions. */
  readonly input: JsonObject;
};

const kinds: Readonly<Record<string, ItemAccess['kind']>> = {
  GetItem: 'read',
  PutItem: 'put',
  UpdateItem: 'update',
  DeleteItem: 'delete',
  Get: 'read',
  Put: 'put',
  Update: 'update',
  Delete: 'delete',
  ConditionCheck: 'check',
  PutRequest: 'put',
  DeleteRequest: 'delete',
};

/** The items of a call in its order; undefined for a call that names no items, such as a query. */
export function itemAccesses(
  action: string,
  input: JsonObject,
  facts: Pick<TableFacts, 'keys'>,
): readonly ItemAccess[] | undefined {
  const access = (kind: ItemAccess['kind'] | undefined, table: string, given: JsonValue | undefined): ItemAccess[] => {
    if (kind === undefined || given === undefined || !isJsonObject(given)) return [];
    const attributes = kind === 'put' ? given.Item : given.Key;
    if (attributes === undefined || !isJsonObject(attributes)) return [];
    const key = Object.fromEntries(facts.keys(table).map((name) => [name, attributes[name] ?? null]));
    return [{ kind, table, key, input: given }];
  };
  switch (action) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return access(kinds[action], String(input.TableName), input);
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return members(input.TransactItems).flatMap((item) =>
        Object.entries(item).flatMap(([name, given]) =>
          isJsonObject(given) ? access(kinds[name], String(given.TableName), given) : [],
        ),
      );
    case 'BatchGetItem':
      return byTable(input.RequestItems).flatMap(([table, { Keys }]) =>
        members(Keys).flatMap((Key) => access('read', table, { Key })),
      );
    case 'BatchWriteItem':
      return byTable(input.RequestItems).flatMap(([table, { requests }]) =>
        members(requests).flatMap((request) =>
          Object.entries(request).flatMap(([name, given]) => access(kinds[name], table, given)),
        ),
      );
    default:
      return undefined;
  }
}

/** `RequestItems` by table; a list of requests as `requests`. */
function byTable(requestItems: JsonValue | undefined): (readonly [table: string, given: JsonObject])[] {
  if (requestItems === undefined || !isJsonObject(requestItems)) return [];
  return Object.entries(requestItems).map(([table, given]) => [
    table,
    given !== undefined && isJsonObject(given) ? given : { requests: given ?? [] },
  ]);
}

function members(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
