import { useEffect, useRef, useState } from 'preact/hooks';
import { aws } from '../../state/api.ts';
import { regionOfArn } from '../../state/nodes.ts';
import { dataVersion } from '../../state/system.ts';
import type { Item, ItemPage, TableDescription } from './dynamodb-types.ts';
import type { ItemQuery } from './query-form.tsx';

const pageSize = 100;

/** Pages of a Query, or of a Scan when no key is given. */
export function useItems(table: TableDescription, query: ItemQuery) {
  const [items, setItems] = useState<readonly Item[]>([]);
  const [next, setNext] = useState<Item | undefined>(undefined);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  const version = dataVersion.value;

  const readPage = async (from: Item | undefined): Promise<void> => {
    newest.current += 1;
    const mine = newest.current;
    setLoading(true);
    try {
      const page = await aws<ItemPage>(
        regionOfArn(table.TableArn),
        'dynamodb',
        query.partition === undefined ? 'Scan' : 'Query',
        {
          ...inputOf(table, query),
          Limit: pageSize,
          ...(from !== undefined && { ExclusiveStartKey: from }),
        },
      );
      if (mine !== newest.current) return;
      setItems((before) => (from === undefined ? page.Items : [...before, ...page.Items]));
      setNext(page.LastEvaluatedKey);
      setError(undefined);
    } catch (failure) {
      if (mine === newest.current) setError(failure instanceof Error ? failure.message : String(failure));
    }
    if (mine === newest.current) setLoading(false);
  };
  // A new query or round starts from the first page.
  useEffect(() => void readPage(undefined), [table.TableArn, query, round, version]);
  return {
    items,
    isLoading,
    error,
    hasMore: next !== undefined,
    loadMore: () => {
      if (next !== undefined && !isLoading) void readPage(next);
    },
    reload: () => setRound(round + 1),
  };
}

function inputOf(table: TableDescription, { index, partition, sort }: ItemQuery): object {
  const schema = schemaOf(table, index);
  const common = { TableName: table.TableName, ...(index !== undefined && { IndexName: index }) };
  const [hash, range] = [
    schema.find(({ KeyType }) => KeyType === 'HASH'),
    schema.find(({ KeyType }) => KeyType === 'RANGE'),
  ];
  if (partition === undefined || hash === undefined) return common;
  const typeOf = (name: string) =>
    table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'S';
  const hasSort = sort !== undefined && sort !== '' && range !== undefined;
  const isText = range !== undefined && typeOf(range.AttributeName) === 'S';
  return {
    ...common,
    KeyConditionExpression: `#p = :p${hasSort ? (isText ? ' AND begins_with(#s, :s)' : ' AND #s = :s') : ''}`,
    ExpressionAttributeNames: { '#p': hash.AttributeName, ...(hasSort && { '#s': range.AttributeName }) },
    ExpressionAttributeValues: {
      ':p': { [typeOf(hash.AttributeName)]: partition },
      ...(hasSort && { ':s': { [typeOf(range.AttributeName)]: sort } }),
    },
  };
}

export function schemaOf(table: TableDescription, index: string | undefined): TableDescription['KeySchema'] {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return indexes.find(({ IndexName }) => IndexName === index)?.KeySchema ?? table.KeySchema;
}
