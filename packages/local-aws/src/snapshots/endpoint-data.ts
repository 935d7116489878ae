import { defaultRegion } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import type { S3 } from '../s3/s3.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import type { RegionalData, Snapshot } from './snapshot.ts';

export type DataPorts = {
  readonly clock: Clock;
  readonly aws: AwsClient;
  /** The developer, who may read and write every table. */
  readonly principal: Principal;
  /** Those in use, the default one first. */
  readonly regions: () => readonly RegionPorts[];
  readonly s3: Pick<S3, 'save' | 'restore'>;
};

type RegionPorts = { readonly region: string; readonly queues: Pick<QueueStore, 'all' | 'byName'> };

type Call = (action: string, input: JsonObject) => Promise<JsonObject>;

const itemsPerWrite = 25;

/** Reads the items, messages and objects of an endpoint. */
export async function readData(ports: DataPorts): Promise<Snapshot> {
  const found: [string, RegionalData][] = [];
  for (const each of ports.regions()) found.push([each.region, await readRegion(each, ports)]);
  const { [defaultRegion]: main = { tables: {}, queues: {} }, ...regions } = Object.fromEntries(found);
  return {
    version: 1,
    savedAt: new Date(ports.clock.now()).toISOString(),
    ...main,
    ...(Object.keys(regions).length > 0 && { regions }),
    objects: [...ports.s3.save()],
  };
}

async function readRegion({ region, queues }: RegionPorts, ports: DataPorts): Promise<RegionalData> {
  const call = callsIn(region, ports);
  const tables: Record<string, JsonObject[]> = {};
  for (const name of await tableNames(call)) tables[name] = await itemsOf(name, call);
  return { tables, queues: Object.fromEntries(queues.all().map((queue) => [queue.identity.name, queue.save()])) };
}

/**
 * Writes what was read, into an endpoint that is empty. What belongs to a table, queue or bucket that is no longer there
 * is left out.
 */
export async function writeData({ tables, queues, regions, objects }: Snapshot, ports: DataPorts): Promise<void> {
  const saved: Readonly<Record<string, RegionalData>> = { ...regions, [defaultRegion]: { tables, queues } };
  for (const each of ports.regions()) await writeRegion(saved[each.region], each, ports);
  ports.s3.restore(objects);
}

async function writeRegion(
  saved: RegionalData | undefined,
  { region, queues }: RegionPorts,
  ports: DataPorts,
): Promise<void> {
  if (saved === undefined) return;
  const call = callsIn(region, ports);
  const known = new Set(await tableNames(call));
  for (const [name, items] of Object.entries(saved.tables)) if (known.has(name)) await putItems(name, items, call);
  for (const [name, messages] of Object.entries(saved.queues)) queues.byName(name)?.putBack(messages);
}

function callsIn(region: string, { aws, principal }: DataPorts): Call {
  return (action, input) => aws({ service: 'dynamodb', action, input, principal, region });
}

async function tableNames(call: Call): Promise<string[]> {
  const names: string[] = [];
  let last: JsonValue | undefined;
  do {
    const page = await call('ListTables', last === undefined ? {} : { ExclusiveStartTableName: last });
    if (Array.isArray(page.TableNames)) names.push(...page.TableNames.map(String));
    last = page.LastEvaluatedTableName;
  } while (last !== undefined);
  return names;
}

async function itemsOf(TableName: string, call: Call): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let last: JsonValue | undefined;
  do {
    const input = { TableName, ConsistentRead: true, ...(last !== undefined && { ExclusiveStartKey: last }) };
    const page = await call('Scan', input);
    if (Array.isArray(page.Items)) items.push(...page.Items.filter(isJsonObject));
    last = page.LastEvaluatedKey;
  } while (last !== undefined);
  return items;
}

async function putItems(table: string, items: readonly JsonObject[], call: Call): Promise<void> {
  for (let from = 0; from < items.length; from += itemsPerWrite) {
    let left: JsonValue = items.slice(from, from + itemsPerWrite).map((Item) => ({ PutRequest: { Item } }));
    while (Array.isArray(left) && left.length > 0) {
      const { UnprocessedItems } = await call('BatchWriteItem', { RequestItems: { [table]: left } });
      left = isJsonObject(UnprocessedItems) ? (UnprocessedItems[table] ?? []) : [];
    }
  }
}
