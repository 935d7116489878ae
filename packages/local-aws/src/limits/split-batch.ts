import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

type Split = { readonly admitted: JsonObject; readonly unprocessed: JsonObject };

/**
 * Splits the `RequestItems` of BatchGetItem or BatchWriteItem.
 *
 * @param isAdmitted by the position of an item in the whole batch
 */
export function splitBatch({ RequestItems }: JsonObject, isAdmitted: (position: number) => boolean): Split {
  const admitted: JsonObject = {};
  const unprocessed: JsonObject = {};
  let position = 0;
  const isNextAdmitted = (): boolean => isAdmitted(position++);
  for (const [table, given] of Object.entries(isJsonObject(RequestItems) ? RequestItems : {})) {
    const items = isJsonObject(given) ? given.Keys : given;
    const withItems = (some: JsonValue[]): JsonValue => (isJsonObject(given) ? { ...given, Keys: some } : some);
    const admittedItems: JsonValue[] = [];
    const others: JsonValue[] = [];
    for (const item of Array.isArray(items) ? items : []) (isNextAdmitted() ? admittedItems : others).push(item);
    if (admittedItems.length > 0) admitted[table] = withItems(admittedItems);
    if (others.length > 0) unprocessed[table] = withItems(others);
  }
  return { admitted, unprocessed };
}
