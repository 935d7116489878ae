import { parseArn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Engine } from './engine.ts';
import { existingTables } from './existing-tables.ts';
import { tableOfIterator } from './stream-records.ts';
import { toCallersArns } from './translate-arns.ts';

/** The stream that a table has now, with the engine's ARN. */
export type TableStream = {
  readonly arn: string;
  readonly label: JsonValue;
  readonly viewType: JsonValue;
  readonly keySchema: JsonValue;
  /** Seconds since the epoch. */
  readonly createdAt: JsonValue;
};

/** What a global secondary index takes of the items of its table. */
export type IndexFacts = {
  readonly hashKey: string;
  /** The attributes that are in the index, besides the key of the table; undefined for all of them. */
  readonly projected: readonly string[] | undefined;
};

type Facts = {
  readonly stream: TableStream | undefined;
  /** The attributes of the table's own key. */
  readonly keys: readonly string[];
  /** Of the table itself under ''. */
  readonly hashKeys: ReadonlyMap<string, string>;
  /** Of global secondary indexes, by name. */
  readonly indexes: ReadonlyMap<string, IndexFacts>;
  readonly isOnDemand: boolean;
  /** `S`, `N` or `B` of every attribute that is a key of the table or of an index. */
  readonly types: ReadonlyMap<string, string>;
};

/** Facts of tables that calls do not carry: partition keys, types of keys, and the stream of a shard iterator. */
export class TableFacts {
  readonly #facts = new Map<string, Facts>();

  /** Takes up the tables of a kept database. */
  async learnExisting(engine: Engine): Promise<void> {
    for await (const name of existingTables(engine)) {
      this.learn((await engine.call('DescribeTable', { TableName: name })).Table);
    }
  }

  /** @param description of a table, as the engine gives it */
  learn(description: JsonValue | undefined): void {
    if (description === undefined || !isJsonObject(description)) return;
    const { TableName } = description;
    const indexes = [description.GlobalSecondaryIndexes, description.LocalSecondaryIndexes].flatMap(objects);
    this.#facts.set(String(TableName), {
      stream: streamOf(description),
      keys: objects(description.KeySchema).map(({ AttributeName }) => String(AttributeName)),
      hashKeys: new Map([description, ...indexes].map((keyed) => [String(keyed.IndexName ?? ''), hashKeyOf(keyed)])),
      indexes: new Map(
        objects(description.GlobalSecondaryIndexes).map((index) => [String(index.IndexName), indexFacts(index)]),
      ),
      // Only on-demand tables have it.
      isOnDemand: description.BillingModeSummary !== undefined,
      types: new Map(
        objects(description.AttributeDefinitions).map((defined) => [
          String(defined.AttributeName),
          String(defined.AttributeType),
        ]),
      ),
    });
  }

  forget(table: string): void {
    this.#facts.delete(table);
  }

  /** The partition key of a table, or of an index of it. */
  hashKey(tableArn: string, indexName = ''): string | undefined {
    return this.partitionKey(parseArn(tableArn)?.resource.split('/')[1] ?? '', indexName);
  }

  /** The same by the name of the table. */
  partitionKey(table: string, indexName = ''): string | undefined {
    return this.#facts.get(table)?.hashKeys.get(indexName);
  }

  globalIndexes(table: string): ReadonlyMap<string, IndexFacts> {
    return this.#facts.get(table)?.indexes ?? new Map();
  }

  isOnDemand(table: string): boolean {
    return this.#facts.get(table)?.isOnDemand ?? false;
  }

  keys(table: string): readonly string[] {
    return this.#facts.get(table)?.keys ?? [];
  }

  attributeType(table: string, attribute: string): string | undefined {
    return this.#facts.get(table)?.types.get(attribute);
  }

  streamOfIterator(iterator: string, region: string): string | undefined {
    const stream = this.stream(tableOfIterator(iterator) ?? '');
    return stream === undefined ? undefined : toCallersArns(stream.arn, region);
  }

  stream(table: string): TableStream | undefined {
    return this.#facts.get(table)?.stream;
  }
}

function streamOf(description: JsonObject): TableStream | undefined {
  const {
    LatestStreamArn,
    LatestStreamLabel = '',
    StreamSpecification,
    KeySchema = [],
    CreationDateTime = 0,
  } = description;
  if (typeof LatestStreamArn !== 'string' || !isJsonObject(StreamSpecification)) return undefined;
  return {
    arn: LatestStreamArn,
    label: LatestStreamLabel,
    viewType: StreamSpecification.StreamViewType ?? '',
    keySchema: KeySchema,
    createdAt: CreationDateTime,
  };
}

function indexFacts(index: JsonObject): IndexFacts {
  const { ProjectionType, NonKeyAttributes = [] } = isJsonObject(index.Projection) ? index.Projection : {};
  const names = Array.isArray(NonKeyAttributes) ? NonKeyAttributes.map(String) : [];
  const keys = objects(index.KeySchema).map(({ AttributeName }) => String(AttributeName));
  return { hashKey: hashKeyOf(index), projected: ProjectionType === 'ALL' ? undefined : [...keys, ...names] };
}

function hashKeyOf({ KeySchema }: JsonObject): string {
  return String(objects(KeySchema).find(({ KeyType }) => KeyType === 'HASH')?.AttributeName);
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
