import type { AwsClient } from '../core/aws-client.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import type { S3 } from '../s3/s3.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import type { Snapshot } from './snapshot.ts';

export type DataPorts = {
  readonly clock: Clock;
  readonly aws: AwsClient;
  /** The developer, who may read and write every table. */
  readonly principal: Principal;
  readonly region: string;
  readonly queues: Pick<QueueStore, 'all' | 'byName'>;
  readonly s3: Pick<S3, 'save' | 'restore'>;
};

const itemsPerWrite = 25;

/** Reads the items, messages and objects of an endpoint. */
export async function readData(ports: DataPorts): Promise<Snapshot> {
  const tables: Record<string, JsonObject[]> = {};
  for (const name of await tableNames(ports)) tables[name] = await itemsOf(name, ports);
  return {
    version: 1,
    savedAt: new Date(ports.clock.now()).toISOString(),
    tables,
    queues: Object.fromEntries(ports.queues.all().map((queue) => [queue.identity.name, queue.save()])),
    objects: [...ports.s3.save()],
  };
}

/**
 * Writes what was read, into an endpoint that is empty. What belongs to a table, queue or bucket that is no longer there
 * is left out.
 */
export async function writeData(snapshot: Snapshot, ports: DataPorts): Promise<void> {
  const known = new Set(await tableNames(ports));
  for (const [name, items] of Object.entries(snapshot.tables)) if (known.has(name)) await putItems(name, items, ports);
  for (const [name, messages] of Object.entries(snapshot.queues)) ports.queues.byName(name)?.putBack(messages);
  ports.s3.restore(snapshot.objects);
}

function call({ aws, principal, region }: DataPorts, action: string, input: JsonObject): Promise<JsonObject> {
  return aws({ service: 'dynamodb', action, input, principal, region });
}

async function tableNames(ports: DataPorts): Promise<string[]> {
  const names: string[] = [];
  let last: JsonValue | undefined;
  do {
    const page = await call(ports, 'ListTables', last === undefined ? {} : { ExclusiveStartTableName: last });
    if (Array.isArray(page.TableNames)) names.push(...page.TableNames.map(String));
    last = page.LastEvaluatedTableName;
  } while (last !== undefined);
  return names;
}

async function itemsOf(TableName: string, ports: DataPorts): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let last: JsonValue | undefined;
  do {
    const input = { TableName, ConsistentRead: true, ...(last !== undefined && { ExclusiveStartKey: last }) };
    const page = await call(ports, 'Scan', input);
    if (Array.isArray(page.Items)) items.push(...page.Items.filter(isJsonObject));
    last = page.LastEvaluatedKey;
  } while (last !== undefined);
  return items;
}

async function putItems(table: string, items: readonly JsonObject[], ports: DataPorts): Promise<void> {
  for (let from = 0; from < items.length; from += itemsPerWrite) {
    let left: JsonValue = items.slice(from, from + itemsPerWrite).map((Item) => ({ PutRequest: { Item } }));
    while (Array.isArray(left) && left.length > 0) {
      const { UnprocessedItems } = await call(ports, 'BatchWriteItem', { RequestItems: { [table]: left } });
      left = isJsonObject(UnprocessedItems) ? (UnprocessedItems[table] ?? []) : [];
    }
  }
}
