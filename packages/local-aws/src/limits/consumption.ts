import { crc32 } from 'node:zlib';
import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { answeredObject } from '../core/read-json.ts';

/** Capacity units of one table that a call consumed: by the table with its local indexes, and by each global one. */
export type Consumption = {
  readonly table: string;
  readonly units: number;
  readonly indexes: ReadonlyMap<string, number>;
};

/** The call with a wish to know what it consumes. */
export function askingForConsumption(request: AwsRequest, input: JsonObject): AwsRequest {
  return { ...request, body: Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'INDEXES' })) };
}

/** What an answer to such a call says that it consumed. */
export function consumptionsIn(answer: JsonObject): readonly Consumption[] {
  const { ConsumedCapacity } = answer;
  const all = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return all.filter(isJsonObject).map((consumed) => {
    const indexes = new Map(
      Object.entries(objectIn(consumed.GlobalSecondaryIndexes)).map(([name, of]) => [name, unitsIn(of)]),
    );
    const ofIndexes = [...indexes.values()].reduce((sum, units) => sum + units, 0);
    return { table: String(consumed.TableName), units: unitsIn(consumed) - ofIndexes, indexes };
  });
}

/** The answer as the client asked for it, with `added` members. */
export function withoutConsumption(
  response: AwsResponse,
  { ReturnConsumedCapacity: wanted }: JsonObject,
  added: JsonObject = {},
): AwsResponse {
  const { ConsumedCapacity, ...answer } = { ...answeredObject(response.body), ...added };
  const shown = wanted === 'INDEXES' ? ConsumedCapacity : wanted === 'TOTAL' ? totalsOf(ConsumedCapacity) : undefined;
  const body = JSON.stringify(shown === undefined ? answer : { ...answer, ConsumedCapacity: shown });
  return { ...response, headers: { ...response.headers, 'x-amz-crc32': String(crc32(body)) }, body };
}

function totalsOf(consumed: JsonValue | undefined): JsonValue | undefined {
  if (consumed === undefined) return undefined;
  if (Array.isArray(consumed)) return consumed.map((each) => totalsOf(each) ?? null);
  if (!isJsonObject(consumed)) return consumed;
  const { Table: _table, GlobalSecondaryIndexes: _global, LocalSecondaryIndexes: _local, ...total } = consumed;
  return total;
}

function unitsIn(value: JsonValue | undefined): number {
  return Number(objectIn(value).CapacityUnits ?? 0);
}

function objectIn(value: JsonValue | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}
