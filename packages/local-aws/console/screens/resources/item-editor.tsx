import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws } from '../../state/api.ts';
import { regionOfArn } from '../../state/nodes.ts';
import { type Item, keyOf, type TableDescription } from './dynamodb-types.ts';

type EditorProps = {
  readonly table: TableDescription;
  /** Undefined for a new one. */
  readonly item: Item | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
  readonly onDelete: (item: Item) => Promise<void>;
};

/** Edits an item in the JSON of DynamoDB, which keeps the types of its values. */
export function ItemEditor({ table, item, onClose, onSaved, onDelete }: EditorProps) {
  const [text, setText] = useState(() => JSON.stringify(item ?? emptyItem(table), null, 2));
  const parsed = parseItem(text);
  const isOtherKey =
    item !== undefined &&
    typeof parsed !== 'string' &&
    JSON.stringify(keyOf(parsed, table.KeySchema)) !== JSON.stringify(keyOf(item, table.KeySchema));
  const save = async (): Promise<void> => {
    if (typeof parsed === 'string') return;
    const saved = await attempt(
      () => aws(regionOfArn(table.TableArn), 'dynamodb', 'PutItem', { TableName: table.TableName, Item: parsed }),
      'The item was saved',
    );
    if (saved !== undefined) onSaved();
  };
  return (
    <Dialog
      title={item === undefined ? `Create an item in ${table.TableName}` : `Item of ${table.TableName}`}
      onClose={onClose}
      isWide
      footer={
        <>
          {item !== undefined && (
            <Button look="danger" icon="trash" onClick={() => onDelete(item)}>
              Delete
            </Button>
          )}
          <span class="spacer" />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={typeof parsed === 'string'} onClick={save}>
            Save item
          </Button>
        </>
      }
    >
      <textarea
        class="input editor"
        aria-label="Item in DynamoDB JSON"
        aria-describedby="item-state"
        aria-invalid={typeof parsed === 'string'}
        rows={18}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p id="item-state" class={typeof parsed === 'string' ? 'bad' : 'muted'}>
        {typeof parsed === 'string'
          ? parsed
          : isOtherKey
            ? 'The key is another one: this creates a second item and keeps the first.'
            : 'DynamoDB JSON: {"S": "text"}, {"N": "1"}, {"BOOL": true}, {"M": {…}}, {"L": […]}.'}
      </p>
    </Dialog>
  );
}

/** The item, or why the text is none. */
function parseItem(text: string): Item | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'An item is an object.';
    const entries = Object.entries(value);
    const wrong = entries.find(
      ([, each]) => typeof each !== 'object' || each === null || Object.keys(each).length !== 1,
    );
    if (wrong !== undefined) return `${wrong[0]} needs the form {"S": …}, {"N": …} and so on.`;
    return Object.fromEntries(entries);
  } catch (error) {
    return error instanceof Error ? error.message : 'This is not JSON.';
  }
}

function emptyItem({ KeySchema, AttributeDefinitions }: TableDescription): Item {
  return Object.fromEntries(
    KeySchema.map(({ AttributeName: name }) => {
      const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'S';
      return [name, { [type]: type === 'N' ? '0' : '' }];
    }),
  );
}
