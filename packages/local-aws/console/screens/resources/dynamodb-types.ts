/** The wire form of a value: `{ S: 'a' }`, `{ N: '1' }`, `{ M: { … } }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;
export type KeyElement = { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' };

export type TableDescription = {
  readonly TableName: string;
  readonly TableArn: string;
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' | 'B' }[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
  }[];
  readonly LocalSecondaryIndexes?: readonly { readonly IndexName: string; readonly KeySchema: readonly KeyElement[] }[];
};

export type ItemPage = { readonly Items: readonly Item[]; readonly Count: number; readonly LastEvaluatedKey?: Item };

/** The value as JSON has it, to read; sets and binary values keep the letter of their type. */
function plainValue(value: AttributeValue): unknown {
  const [[type, content] = ['', undefined]] = Object.entries(value);
  if (type === 'S' || type === 'BOOL') return content;
  if (type === 'N') return numberOrText(String(content));
  if (type === 'NULL') return null;
  if (type === 'L' && Array.isArray(content)) return content.map(plainValue);
  if (type === 'M' && isItem(content)) return plainItem(content);
  return value;
}

function plainItem(item: Item): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

/** A value on one line. */
export function valueText(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

/** The key of an item, of the table or of an index. */
export function keyOf(item: Item, schema: readonly KeyElement[]): Item {
  return Object.fromEntries(schema.map(({ AttributeName: name }) => [name, item[name] ?? {}]));
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;

/** Numbers of DynamoDB have 38 digits; those that JavaScript would change stay text. */
const numberOrText = (text: string): number | string => (String(Number(text)) === text ? Number(text) : text);
