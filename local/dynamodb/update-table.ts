import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { GlobalIndex, TableProperties } from './table-properties.ts';

/** An action of DynamoDB; members of the input that are undefined are left out. */
export type Call = (action: string, input: object) => Promise<JsonObject>;

/** Brings a table from one set of properties to another, with an UpdateTable for each thing that changed. */
export async function updateTable(
  call: Call,
  name: string,
  next: TableProperties,
  previous: TableProperties,
): Promise<void> {
  const indexUpdate = indexChange(next, previous);
  const update = (input: object): Promise<JsonObject> => call('UpdateTable', { TableName: name, ...input });

  const isChanged = (property: keyof TableProperties): boolean =>
    JSON.stringify(next[property]) !== JSON.stringify(previous[property]);

  const throughputUpdates = indexThroughputChanges(next, previous);
  if (isChanged('BillingMode') || isChanged('ProvisionedThroughput') || throughputUpdates.length > 0) {
    const { BillingMode = 'PROVISIONED', ProvisionedThroughput } = next;
    // DynamoDB refuses to set what is set already.
    await update({
      BillingMode: isChanged('BillingMode') ? BillingMode : undefined,
      ProvisionedThroughput: isChanged('ProvisionedThroughput') ? ProvisionedThroughput : undefined,
      GlobalSecondaryIndexUpdates: throughputUpdates.length > 0 ? throughputUpdates : undefined,
    });
  }
  if (isChanged('DeletionProtectionEnabled') || isChanged('TableClass')) {
    const { DeletionProtectionEnabled = false, TableClass = 'STANDARD' } = next;
    await update({ DeletionProtectionEnabled, TableClass });
  }
  const viewType = next.StreamSpecification?.StreamViewType;
  if (viewType !== previous.StreamSpecification?.StreamViewType) {
    // The view type of a stream cannot change: it ends, and another one begins.
    if (previous.StreamSpecification !== undefined) await update({ StreamSpecification: { StreamEnabled: false } });
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
function indexChange(next: TableProperties, previous: TableProperties): object | undefined {
  const wanted = indexesByName(next);
  const present = indexesByName(previous);
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
    if (JSON.stringify(before.ProvisionedThroughput) === JSON.stringify(ProvisionedThroughput)) return [];
    return [{ Update: { IndexName, ProvisionedThroughput } }];
  });
}

function indexesByName({ GlobalSecondaryIndexes = [] }: TableProperties): Map<string, GlobalIndex> {
  return new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName, index]));
}

function identity({ KeySchema, Projection }: GlobalIndex): string {
  return JSON.stringify([KeySchema, Projection]);
}

export function indexInput({ IndexName, KeySchema, Projection, ProvisionedThroughput }: GlobalIndex): object {
  return { IndexName, KeySchema, Projection, ProvisionedThroughput };
}
