import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Cause } from '../../core/observer.ts';
import { parseJson } from '../../core/parse-json.ts';
import { RecentMap } from './recent-map.ts';

/** A write that passed the door; `endedAt` is undefined while DynamoDB has not answered. */
type Write = { readonly cause: Cause; readonly startedAt: number; endedAt: number | undefined };
type Pending = Write & { readonly action: string; readonly body: Buffer; items: readonly WrittenItem[] | undefined };

type WrittenItem = {
  readonly table: string;
  readonly kind: 'put' | 'update' | 'delete';
  /** The whole item of a put, the key of the others. */
  readonly item: JsonObject;
};

/** Of all tables, in the order of their start. More than this was not read by any stream consumer. */
const maxPending = 2000;
const maxPendingBytes = 8 * 1024 * 1024;
/** ApproximateCreationDateTime has a resolution of one second, and the clocks of two processes differ. */
const toleranceMs = 1500;

const recordSchema = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number(),
    Keys: z.custom<JsonObject>(isJsonObject),
    NewImage: z.custom<JsonObject>(isJsonObject).optional(),
  }),
});
type ChangeRecord = z.infer<typeof recordSchema>;

/**
 * Finds the write behind a record of a stream. AWS carries no trace through streams, so that this remembers writes where
 * they pass, and compares table, key, kind of change, time and, of a put, the item. Bodies are parsed only when a
 * consumer asks.
 */
export class TableWrites {
  readonly #known = new RecentMap<string, Cause>(10_000);
  #pending: Pending[] = [];
  #bytes = 0;

  /** Notes a write when it begins. Call `end` with what it returns. */
  begin(action: string, body: Buffer, cause: Cause): Write {
    const write: Pending = { action, body, cause, startedAt: Date.now(), endedAt: undefined, items: undefined };
    this.#pending.push(write);
    this.#bytes += body.length;
    while (this.#pending.length > maxPending || (this.#bytes > maxPendingBytes && this.#pending.length > 1)) {
      this.#bytes -= this.#pending.shift()?.body.length ?? 0;
    }
    return write;
  }

  end(write: Write, succeeded: boolean): void {
    write.endedAt = Date.now();
    if (!succeeded) this.#drop((other) => other === write);
  }

  causeOf(streamArn: string, event: Readonly<Record<string, unknown>>): Cause | undefined {
    const parsed = recordSchema.safeParse(event);
    if (!parsed.success) return undefined;
    const table = /:table\/([^/]+)\/stream\//.exec(streamArn)?.[1] ?? '';
    const id = `${table} ${parsed.data.dynamodb.SequenceNumber}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = this.#take(table, parsed.data);
    if (found !== undefined) this.#known.set(id, found);
    return found;
  }

  #take(table: string, record: ChangeRecord): Cause | undefined {
    const at = this.#pending.findIndex((write) => itemsOf(write).some((item) => isBehind(item, write, table, record)));
    const found = this.#pending[at];
    if (found === undefined) return undefined;
    const { Keys } = record.dynamodb;
    // The stream has changes of one key in order: earlier writes of this key changed nothing.
    for (const write of this.#pending.slice(0, at + 1)) {
      write.items = itemsOf(write).filter((item) => item.table !== table || !hasKey(item.item, Keys));
    }
    this.#drop((write) => write.items?.length === 0);
    return found.cause;
  }

  #drop(isDropped: (write: Pending) => boolean): void {
    this.#pending = this.#pending.filter((write) => {
      if (!isDropped(write)) return true;
      this.#bytes -= write.body.length;
      return false;
    });
  }
}

function isBehind(item: WrittenItem, write: Write, table: string, { eventName, dynamodb }: ChangeRecord): boolean {
  if (item.table !== table || !hasKey(item.item, dynamodb.Keys)) return false;
  if ((item.kind === 'delete') !== (eventName === 'REMOVE')) return false;
  const time = dynamodb.ApproximateCreationDateTime * 1000;
  if (time < write.startedAt - toleranceMs || time > (write.endedAt ?? Date.now()) + toleranceMs) return false;
  return item.kind !== 'put' || dynamodb.NewImage === undefined || isSame(item.item, dynamodb.NewImage);
}

function hasKey(item: JsonObject, keys: JsonObject): boolean {
  return Object.entries(keys).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value));
}

/** The engine may change the order of members and how numbers are written, so that only names and texts count. */
function isSame(written: JsonObject, image: JsonObject): boolean {
  const names = Object.keys(written);
  return (
    names.length === Object.keys(image).length &&
    names.every((name) => {
      const before = written[name];
      const after = image[name];
      return isJsonObject(before) && isJsonObject(after) && (before.S === undefined || before.S === after.S);
    })
  );
}

function itemsOf(write: Pending): readonly WrittenItem[] {
  write.items ??= readItems(write.action, write.body);
  return write.items;
}

const object = z.custom<JsonObject>(isJsonObject);
const oneSchema = z.looseObject({ TableName: z.string(), Item: object.optional(), Key: object.optional() });
const transactSchema = z.looseObject({
  TransactItems: z.array(
    z.looseObject({ Put: oneSchema.optional(), Update: oneSchema.optional(), Delete: oneSchema.optional() }),
  ),
});
const batchSchema = z.looseObject({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.looseObject({
        PutRequest: z.looseObject({ Item: object }).optional(),
        DeleteRequest: z.looseObject({ Key: object }).optional(),
      }),
    ),
  ),
});

function readItems(action: string, body: Buffer): readonly WrittenItem[] {
  const input = parseJson(body.toString());
  switch (action) {
    case 'PutItem':
      return one(input, 'put');
    case 'UpdateItem':
      return one(input, 'update');
    case 'DeleteItem':
      return one(input, 'delete');
    case 'TransactWriteItems':
      return (transactSchema.safeParse(input).data?.TransactItems ?? []).flatMap(({ Put, Update, Delete }) => [
        ...one(Put, 'put'),
        ...one(Update, 'update'),
        ...one(Delete, 'delete'),
      ]);
    case 'BatchWriteItem':
      return Object.entries(batchSchema.safeParse(input).data?.RequestItems ?? {}).flatMap(([table, requests]) =>
        requests.flatMap(({ PutRequest, DeleteRequest }) => [
          ...one({ TableName: table, Item: PutRequest?.Item }, 'put'),
          ...one({ TableName: table, Key: DeleteRequest?.Key }, 'delete'),
        ]),
      );
    default:
      // Statements of PartiQL do not name the key in a form that is worth parsing here.
      return [];
  }
}

function one(input: unknown, kind: WrittenItem['kind']): WrittenItem[] {
  const { TableName, Item, Key } = oneSchema.safeParse(input).data ?? {};
  const item = kind === 'put' ? Item : Key;
  if (TableName === undefined || item === undefined) return [];
  return [{ table: TableName.split('/').at(-1) ?? TableName, kind, item }];
}
