import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import { answeredObject, tryReadJsonObject } from '../core/read-json.ts';
import { comparedValue } from '../dynamodb/check-key-condition.ts';
import type { TableFacts } from '../dynamodb/table-facts.ts';
import { withTableNames } from '../dynamodb/translate-arns.ts';
import { askingForConsumption, type Consumption, consumptionsIn, withoutConsumption } from './consumption.ts';
import { type ItemAccess, itemAccesses } from './item-access.ts';
import type { Limits } from './limits.ts';
import { consume, fullQuota, type Partition, PartitionFinder, valueText } from './partitions.ts';
import { splitBatch } from './split-batch.ts';
import { cancelledTransaction, type Shortage, throttlingError } from './throttling-errors.ts';

export type LimitedTablesOptions = {
  readonly api: AwsApi;
  readonly facts: Pick<TableFacts, 'partitionKey' | 'keys' | 'globalIndexes' | 'isOnDemand'>;
  readonly limits: Limits;
};

/** An item, and the partitions of table and indexes in which a call reads or writes it. */
type Touched = { readonly access: ItemAccess; readonly partitions: readonly Partition[] };

/**
 * DynamoDB with the capacity of its partitions. A call is let through while each of its partitions has capacity left,
 * and its whole consumption counts, so that a large one leaves a partition in debt. PartiQL is not limited.
 */
export function limitedTables({ api, facts, limits }: LimitedTablesOptions): AwsApi {
  return async (request) => {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const input = readInput(request);
    if (input === undefined) return api(request);
    const call = { request, action, input, finder: new PartitionFinder(facts, request.region) };
    try {
      if (action === 'Query' || action === 'Scan') return await answerQuery(call);
      const accesses = itemAccesses(action, input, facts);
      return accesses === undefined ? await api(request) : await answerItems(call, accesses);
    } catch (error) {
      if (error instanceof AwsError) return jsonErrorResponse(request, '1.0', error);
      throw error;
    }
  };

  async function answerQuery({ request, action, input }: Call): Promise<AwsResponse> {
    const table = String(input.TableName);
    const index = typeof input.IndexName === 'string' ? input.IndexName : undefined;
    const key = facts.partitionKey(table, index);
    const value = action === 'Query' && key !== undefined ? valueText(comparedValue(input, key)) : undefined;
    const isGlobal = index !== undefined && facts.globalIndexes(table).has(index);
    const partition = {
      operation: 'Read',
      region: request.region,
      table,
      index: isGlobal ? index : undefined,
      value,
    } as const;
    const shortage = shortageOf([partition]);
    if (shortage !== undefined) throw throttlingError(shortage, facts);
    const response = await api(askingForConsumption(request, input));
    if (response.status >= 300) return response;
    for (const { units, indexes } of consumptionsIn(answeredObject(response.body))) {
      consume(limits, partition, units + [...indexes.values()].reduce((sum, each) => sum + each, 0));
    }
    return withoutConsumption(response, input);
  }

  async function answerItems(call: Call, accesses: readonly ItemAccess[]): Promise<AwsResponse> {
    const touched = await Promise.all(accesses.map((access) => partitionsOf(call, access)));
    const shortages = touched.map(({ partitions }) => shortageOf(partitions));
    const shortage = shortages.find((each) => each !== undefined);
    if (shortage === undefined) return carryOut(call, touched);
    if (call.action.startsWith('Transact')) throw cancelledTransaction(shortages, facts);
    const isBatch = call.action.startsWith('Batch') && shortages.some((each) => each === undefined);
    if (!isBatch) throw throttlingError(shortage, facts);
    const { admitted, unprocessed } = splitBatch(call.input, (position) => shortages[position] === undefined);
    const response = await carryOut(
      { ...call, input: { ...call.input, RequestItems: admitted } },
      touched.filter((_, position) => shortages[position] === undefined),
    );
    if (response.status >= 300) return response;
    const name = call.action === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
    return withoutConsumption(response, call.input, { [name]: unprocessed });
  }

  async function carryOut(call: Call, touched: readonly Touched[]): Promise<AwsResponse> {
    const response = await api(askingForConsumption(call.request, call.input));
    if (response.status >= 300) {
      if (isConditional(response)) countRefusedWrites(call, touched);
      return response;
    }
    const updated = await Promise.all(touched.map((each) => withNewPartitions(call, each)));
    for (const consumed of consumptionsIn(answeredObject(response.body))) share(consumed, updated);
    return withoutConsumption(response, call.input);
  }

  /** The partitions that an access is known to touch before it is carried out. */
  async function partitionsOf({ request, finder }: Call, access: ItemAccess): Promise<Touched> {
    const before = finder.isIndexed(access) ? await itemOf(request, access) : undefined;
    const given = access.kind === 'put' && isJsonObject(access.input.Item) ? access.input.Item : undefined;
    const ofIndexes = [before, given].flatMap((item) => finder.ofIndexes(access, item));
    return { access, partitions: distinct([finder.ofItem(access), ...ofIndexes]) };
  }

  /** An update may have moved the item to other partitions of an index. */
  async function withNewPartitions({ request, finder }: Call, { access, partitions }: Touched): Promise<Touched> {
    if (access.kind !== 'update' || !finder.isIndexed(access)) return { access, partitions };
    const ofIndexes = finder.ofIndexes(access, await itemOf(request, access));
    return { access, partitions: distinct([...partitions, ...ofIndexes]) };
  }

  async function itemOf(request: AwsRequest, { table, key }: ItemAccess): Promise<JsonObject | undefined> {
    const { body } = await api({
      ...request,
      headers: { ...request.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body: Buffer.from(JSON.stringify({ TableName: table, Key: key, ConsistentRead: true })),
    });
    const { Item } = answeredObject(body);
    return isJsonObject(Item) ? Item : undefined;
  }

  function shortageOf(partitions: readonly Partition[]): Shortage | undefined {
    for (const partition of partitions) {
      const quota = fullQuota(limits, partition);
      if (quota !== undefined) return { partition, quota };
    }
    return undefined;
  }

  /** DynamoDB tells what a call consumed by table and index: their partitions share it by the sizes of the items. */
  function share({ table, units, indexes }: Consumption, touched: readonly Touched[]): void {
    const shares = touched.flatMap(({ access, partitions }) =>
      partitions.map((partition) => ({ partition, weight: weightOf(access) })),
    );
    for (const [index, consumed] of [[undefined, units] as const, ...indexes]) {
      const sharing = shares.filter(({ partition }) => partition.table === table && partition.index === index);
      const sum = sharing.reduce((total, { weight }) => total + weight, 0);
      for (const { partition, weight } of sharing) consume(limits, partition, (consumed * weight) / sum);
    }
  }

  /** A write whose condition fails consumes what the write would: at least one unit, two in a transaction. */
  function countRefusedWrites({ action }: Call, touched: readonly Touched[]): void {
    for (const {
      partitions: [ofItem],
    } of touched) {
      if (ofItem?.operation === 'Write') consume(limits, ofItem, action === 'TransactWriteItems' ? 2 : 1);
    }
  }
}

type Call = {
  readonly request: AwsRequest;
  readonly action: string;
  readonly input: JsonObject;
  readonly finder: PartitionFinder;
};

/** The kilobytes of an item that is put; 1 for one whose size the call does not tell. */
function weightOf({ kind, input }: ItemAccess): number {
  return kind === 'put' ? Math.ceil(JSON.stringify(input.Item).length / 1024) : 1;
}

/** Undefined for what DynamoDB itself refuses to read. */
function readInput({ body, region }: AwsRequest): JsonObject | undefined {
  const input = tryReadJsonObject(body);
  try {
    return input && withTableNames(input, region);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function isConditional({ body }: AwsResponse): boolean {
  return body.includes('ConditionalCheckFailed');
}

function distinct(partitions: readonly Partition[]): readonly Partition[] {
  return [...new Map(partitions.map((partition) => [`${partition.index} ${partition.value}`, partition])).values()];
}
