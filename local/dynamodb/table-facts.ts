import { parseArn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Engine } from './engine.ts';
import { existingTables } from './existing-tables.ts';
import { tableOfIterator } from './stream-records.ts';
import { toCallersArns } from './translate-arns.ts';

type Facts = {
  readonly streamArn: string | undefined;
  /** Of the table itself under ''. */
  readonly hashKeys: ReadonlyMap<string, string>;
  /** `S`, `N` or `B` of every attribute that is a key of the table or of an index. */
  readonly types: ReadonlyMap<string, string>;
};

/** What checks depend on and calls do not tell: partition keys, types of keys, and whose stream a shard iterator reads. */
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
    const { TableName, LatestStreamArn } = description;
    const indexes = [description.GlobalSecondaryIndexes, description.LocalSecondaryIndexes].flatMap(objects);
    this.#facts.set(String(TableName), {
      streamArn: typeof LatestStreamArn === 'string' ? LatestStreamArn : undefined,
      hashKeys: new Map([description, ...indexes].map((keyed) => [String(keyed.IndexName ?? ''), hashKeyOf(keyed)])),
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
    const table = parseArn(tableArn)?.resource.split('/')[1] ?? '';
    return this.#facts.get(table)?.hashKeys.get(indexName);
  }

  attributeType(table: string, attribute: string): string | undefined {
    return this.#facts.get(table)?.types.get(attribute);
  }

  streamOfIterator(iterator: string, region: string): string | undefined {
    const streamArn = this.#facts.get(tableOfIterator(iterator) ?? '')?.streamArn;
    return streamArn === undefined ? undefined : toCallersArns(streamArn, region);
  }
}

function hashKeyOf({ KeySchema }: JsonObject): string {
  return String(objects(KeySchema).find(({ KeyType }) => KeyType === 'HASH')?.AttributeName);
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
