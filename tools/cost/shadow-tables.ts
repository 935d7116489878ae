import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  type TableDescription,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { getUnits, type Item, queryUnits, type Table, writeUnits } from './capacity.ts';
import type { Hop } from './trace.ts';
import type { Usage } from './usage.ts';

/** Tables like those of an endpoint, on which calls of traces are made once more. */
export type ShadowTables = AsyncDisposable & {
  /** Makes the call again, and tells its capacity from the items before and after. All calls have to come, in their order. */
  repeat(hop: Hop): Promise<Usage>;
};

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Copies the tables of the endpoint at `url`, without items, to an engine of their own. */
export async function shadowTables(url: string): Promise<ShadowTables> {
  const stack = new AsyncDisposableStack();
  const engine = stack.use(await startDynamoDbEngine());
  const clientAt = (endpoint: string) =>
    stack.adopt(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }), async (client) => client.destroy());
  const [from, to] = [clientAt(url), clientAt(engine.endpoint)];
  const tables = new Map<string, Table>();
  const { TableNames = [] } = await from.send(new ListTablesCommand({}));
  for (const TableName of TableNames) {
    const { Table: described = {} } = await from.send(new DescribeTableCommand({ TableName }));
    await to.send(new CreateTableCommand(definitionOf(described)));
    tables.set(TableName, tableOf(described));
  }
  const shadow: Shadow = { client: to, tables };
  return {
    repeat: (hop) => repeat(shadow, hop),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type Shadow = {
  readonly client: DynamoDBClient;
  readonly tables: ReadonlyMap<string, Table>;
};

function definitionOf(table: TableDescription) {
  return {
    TableName: table.TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
  };
}

function tableOf({ KeySchema = [], GlobalSecondaryIndexes = [] }: TableDescription): Table {
  const names = (schema: typeof KeySchema) => schema.map(({ AttributeName = '' }) => AttributeName);
  return {
    keys: names(KeySchema),
    indexes: GlobalSecondaryIndexes.map((index) => ({
      keys: names(index.KeySchema ?? []),
      projected: index.Projection?.ProjectionType === 'ALL' ? undefined : (index.Projection?.NonKeyAttributes ?? []),
    })),
  };
}

const itemSchema = z.custom<Record<string, AttributeValue>>((value) => typeof value === 'object' && value !== null);
const writeSchema = z.looseObject({ TableName: z.string(), Item: itemSchema.optional(), Key: itemSchema.optional() });
const inputSchema = writeSchema.partial().extend({
  ConsistentRead: z.boolean().optional(),
  TransactItems: z
    .array(
      z.strictObject({
        Put: writeSchema.optional(),
        Update: writeSchema.optional(),
        Delete: writeSchema.optional(),
        ConditionCheck: writeSchema.optional(),
      }),
    )
    .optional(),
  RequestItems: z
    .record(z.string(), z.looseObject({ Keys: z.array(itemSchema), ConsistentRead: z.boolean().optional() }))
    .optional(),
});
type Input = z.infer<typeof inputSchema>;
type Write = Pick<Input, 'TableName' | 'Item' | 'Key'>;

async function repeat(shadow: Shadow, { operation, input }: Hop): Promise<Usage> {
  if (input === null || input.isTruncated) throw new Error(`The trace has not all of a call of ${operation}.`);
  const parsed = inputSchema.parse(JSON.parse(input.text));
  const body = JSON.parse(input.text);
  switch (operation) {
    case 'PutItem':
      return writeOne(shadow, parsed, () => shadow.client.send(new PutItemCommand(body)));
    case 'UpdateItem':
      return writeOne(shadow, parsed, () => shadow.client.send(new UpdateItemCommand(body)));
    case 'DeleteItem':
      return writeOne(shadow, parsed, () => shadow.client.send(new DeleteItemCommand(body)));
    case 'TransactWriteItems': {
      const writes = (parsed.TransactItems ?? []).flatMap((item) =>
        Object.values(item).filter((write) => write !== undefined),
      );
      const write = () => shadow.client.send(new TransactWriteItemsCommand(body));
      return { dynamodbWrite: await repeatWrites(shadow, writes, write, true) };
    }
    case 'GetItem': {
      const item = await readItem(shadow, parsed.TableName, parsed.Key);
      return { dynamodbRead: getUnits(item, parsed.ConsistentRead === true) };
    }
    case 'Query':
      return { dynamodbRead: await countQuery(shadow, input.text, parsed) };
    case 'BatchGetItem':
      return { dynamodbRead: await countBatch(shadow, parsed) };
    default:
      throw new Error(`What does ${operation} cost? Add it to tools/cost/shadow-tables.ts.`);
  }
}

async function writeOne(shadow: Shadow, write: Write, run: () => Promise<unknown>): Promise<Usage> {
  return { dynamodbWrite: await repeatWrites(shadow, [write], run, false) };
}

async function repeatWrites(
  shadow: Shadow,
  writes: readonly Write[],
  run: () => Promise<unknown>,
  isTransaction: boolean,
): Promise<number> {
  const targets = writes.map(({ TableName = '', Item, Key }) => {
    const table = tableNamed(shadow, TableName);
    const source = Key ?? Item ?? {};
    return { table, name: TableName, key: keyOf(table, source) };
  });
  const read = () => Promise.all(targets.map(({ name, key }) => readItem(shadow, name, key)));
  const before = await read();
  await run().catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
  const after = await read();
  return targets
    .map(({ table }, index) => writeUnits(table, before[index], after[index], isTransaction))
    .reduce((sum, units) => sum + units, 0);
}

function keyOf({ keys }: Table, item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
}

/** What a filter drops and a projection leaves out is read all the same. */
async function countQuery({ client }: Shadow, body: string, { ConsistentRead }: Input): Promise<number> {
  const {
    FilterExpression,
    ProjectionExpression,
    Select,
    ExpressionAttributeNames,
    ExpressionAttributeValues,
    ...query
  } = JSON.parse(body);
  const used = (all: Record<string, unknown> | undefined, mark: string) => {
    const entries = Object.entries(all ?? {}).filter(([name]) =>
      new RegExp(`${mark}${name.slice(1)}\\b`).test(String(query.KeyConditionExpression)),
    );
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  const { Items = [] } = await client.send(
    new QueryCommand({
      ...query,
      ExpressionAttributeNames: used(ExpressionAttributeNames, '#'),
      ExpressionAttributeValues: used(ExpressionAttributeValues, ':'),
    }),
  );
  return queryUnits(Items, ConsistentRead === true);
}

async function countBatch({ client }: Shadow, { RequestItems = {} }: Input): Promise<number> {
  let units = 0;
  for (const [table, { Keys, ConsistentRead }] of Object.entries(RequestItems)) {
    const { Responses = {} } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }));
    const found = Responses[table] ?? [];
    const items = Keys.map((_key, index) => found[index]);
    units += items.reduce((sum, item) => sum + getUnits(item, ConsistentRead === true), 0);
  }
  return units;
}

async function readItem({ client }: Shadow, TableName = '', Key: Item = {}): Promise<Item | undefined> {
  return (await client.send(new GetItemCommand({ TableName, Key: { ...Key }, ConsistentRead: true }))).Item;
}

function tableNamed({ tables }: Shadow, name: string): Table {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`There was no table ${name} when the measurement began.`);
  return table;
}
