import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { type GlobalIndex, type PresentTable, presentTable, type TableProperties } from './table-properties.ts';

/** An action of DynamoDB; members of the input that are undefined are left out. */
export type Call = (action: string, input: object) => Promise<JsonObject>;

/**
 * Brings a table to its new properties, with an UpdateTable for each thing that changed. Compares with the table itself where
 * DynamoDB refuses to do a thing twice: an update that failed half-way is taken back from wherever it stopped.
 */
export async function updateTable(
  call: Call,
  name: string,
  next: TableProperties,
  previous: TableProperties,
): Promise<void> {
  const { Table } = await call('DescribeTable', { TableName: name });
  const present = presentTable.parse(Table);
  const indexUpdate = indexChange(next, present);
  const update = (input: object): Promise<JsonObject> => call('UpdateTable', { TableName: name, ...input });

  const { BillingMode = 'PROVISIONED', ProvisionedThroughput } = next;
  const isBillingChanged = BillingMode !== (present.BillingModeSummary?.BillingMode ?? 'PROVISIONED');
  const isThroughputChanged =
    ProvisionedThroughput !== undefined && !isSame(ProvisionedThroughput, present.ProvisionedThroughput);
  const throughputUpdates = indexThroughputChanges(next, previous);
  if (isBillingChanged || isThroughputChanged || throughputUpdates.length > 0) {
    await update({
      BillingMode: isBillingChanged ? BillingMode : undefined,
      ProvisionedThroughput: isThroughputChanged ? ProvisionedThroughput : undefined,
      GlobalSecondaryIndexUpdates: throughputUpdates.length > 0 ? throughputUpdates : undefined,
    });
  }
  if (
    !isSame(next.DeletionProtectionEnabled, previous.DeletionProtectionEnabled) ||
    !isSame(next.TableClass, previous.TableClass)
  ) {
    const { DeletionProtectionEnabled = false, TableClass = 'STANDARD' } = next;
    await update({ DeletionProtectionEnabled, TableClass });
  }
  if (!isSame(next.SSESpecification, previous.SSESpecification)) {
    await update({ SSESpecification: encryptionInput(next) ?? { Enabled: false } });
  }
  const viewType = next.StreamSpecification?.StreamViewType;
  if (viewType !== present.StreamSpecification?.StreamViewType) {
    // The view type of a stream cannot change: it ends, and another one begins.
    if (present.StreamSpecification !== undefined) await update({ StreamSpecification: { StreamEnabled: false } });
    if (viewType !== undefined) {
      await update({ StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } });
    }
  }
  if (indexUpdate !== undefined) {
    const { AttributeDefinitions } = next;
    await update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [indexUpdate] });
  }
}

/** The one index that is made or deleted. @throws AwsError when there is more than one, as on AWS */
function indexChange(next: TableProperties, table: PresentTable): object | undefined {
  const wanted = indexesByName(next);
  const present = indexesByName(table);
  const changes = [...new Set([...present.keys(), ...wanted.keys()])].flatMap((name) => {
    const before = present.get(name);
    const after = wanted.get(name);
    if (before !== undefined && after !== undefined && identity(before) === identity(after)) return [];
    return [
      ...(before === undefined ? [] : [{ Delete: { IndexName: name } }]),
      ...(after === undefined ? [] : [{ Create: indexInput(after) }]),
    ];
  });
  if (changes.length > 1) {
    throw new AwsError(
      'ValidationException',
      'Cannot perform more than one GSI creation or deletion in a single update',
    );
  }
  return changes[0];
}

/** New throughput for indexes that stay. */
function indexThroughputChanges(next: TableProperties, previous: TableProperties): object[] {
  const present = indexesByName(previous);
  return [...indexesByName(next).values()].flatMap(({ IndexName, ProvisionedThroughput }) => {
    const before = present.get(IndexName);
    if (before === undefined || ProvisionedThroughput === undefined) return [];
    if (isSame(before.ProvisionedThroughput, ProvisionedThroughput)) return [];
    return [{ Update: { IndexName, ProvisionedThroughput } }];
  });
}

function indexesByName<I extends { IndexName: string }>(of: {
  GlobalSecondaryIndexes?: I[] | undefined;
}): Map<string, I> {
  const { GlobalSecondaryIndexes = [] } = of;
  return new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName, index]));
}

function identity({ KeySchema, Projection }: Pick<GlobalIndex, 'KeySchema' | 'Projection'>): string {
  return JSON.stringify([KeySchema, Projection]);
}

export function indexInput({ IndexName, KeySchema, Projection, ProvisionedThroughput }: GlobalIndex): object {
  return { IndexName, KeySchema, Projection, ProvisionedThroughput };
}

export function encryptionInput({ SSESpecification }: TableProperties): object | undefined {
  if (SSESpecification === undefined) return undefined;
  const { SSEEnabled, ...type } = SSESpecification;
  return { Enabled: SSEEnabled, ...type };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
