import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import type { TableDescription } from './dynamodb-types.ts';
import { schemaOf } from './use-items.ts';

/** Without a partition key, the whole table or index. */
export type ItemQuery = {
  readonly index?: string | undefined;
  readonly partition?: string | undefined;
  readonly sort?: string | undefined;
};

type QueryFormProps = { readonly table: TableDescription; readonly onQuery: (query: ItemQuery) => void };

export function QueryForm({ table, onQuery }: QueryFormProps) {
  const [index, setIndex] = useState('');
  const [partition, setPartition] = useState('');
  const [sort, setSort] = useState('');
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const schema = schemaOf(table, index);
  const [hash, range] = [
    schema.find(({ KeyType }) => KeyType === 'HASH'),
    schema.find(({ KeyType }) => KeyType === 'RANGE'),
  ];
  const query = (): void =>
    onQuery({
      ...(index !== '' && { index }),
      ...(partition !== '' && { partition }),
      ...(sort !== '' && { sort }),
    });
  return (
    <form
      class="query-form"
      aria-label="Query"
      onSubmit={(event) => {
        event.preventDefault();
        query();
      }}
    >
      <select
        class="input"
        aria-label="Index"
        value={index}
        onChange={({ currentTarget }) => setIndex(currentTarget.value)}
      >
        <option value="">table</option>
        {indexes.map(({ IndexName }) => (
          <option key={IndexName}>{IndexName}</option>
        ))}
      </select>
      <input
        class="input"
        type="search"
        aria-label={`Partition key ${hash?.AttributeName ?? ''}`}
        placeholder={hash?.AttributeName ?? ''}
        value={partition}
        onInput={({ currentTarget }) => setPartition(currentTarget.value)}
      />
      {range !== undefined && (
        <input
          class="input"
          type="search"
          aria-label={`Sort key ${range.AttributeName} begins with`}
          placeholder={`${range.AttributeName} begins with`}
          value={sort}
          onInput={({ currentTarget }) => setSort(currentTarget.value)}
        />
      )}
      <Button type="submit">{partition === '' ? 'Scan' : 'Query'}</Button>
    </form>
  );
}
