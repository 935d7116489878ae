import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

type NodeProps = { readonly name?: string | undefined; readonly value: unknown; readonly depth: number };

const shownEntries = 100;
const shownCharacters = 2000;

/** A value as a tree. Everything is a text node: nothing in a payload becomes markup. */
export function JsonView({ value }: { readonly value: unknown }) {
  return (
    <div class="json">
      <JsonNode value={value} depth={0} />
    </div>
  );
}

function JsonNode({ name, value, depth }: NodeProps) {
  const inner = typeof value === 'string' ? parsedText(value) : value;
  if (typeof inner === 'object' && inner !== null) {
    return <JsonBranch name={name} value={inner} depth={depth} isText={typeof value === 'string'} />;
  }
  return (
    <div class="json-line">
      <Name name={name} />
      <Scalar value={value} />
    </div>
  );
}

function JsonBranch({ name, value, depth, isText }: NodeProps & { readonly value: object; readonly isText: boolean }) {
  const [isOpen, setOpen] = useState(depth < 3);
  const [limit, setLimit] = useState(shownEntries);
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div class="json-line">
        <Name name={name} />
        <span class="json-mark">{`${open}${close}`}</span>
      </div>
    );
  }
  return (
    <div class="json-branch">
      <button type="button" class="json-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'down' : 'chevron'} size={12} />
        <Name name={name} />
        <span class="json-mark">
          {isOpen ? open : `${open} ${entries.length} ${isList ? 'items' : 'keys'} ${close}`}
        </span>
        {isText && <span class="json-note">JSON text</span>}
      </button>
      {isOpen && (
        <>
          <div class="json-children">
            {entries.slice(0, limit).map(([key, child]) => (
              <JsonNode key={key} name={isList ? undefined : key} value={child} depth={depth + 1} />
            ))}
            {entries.length > limit && (
              <button type="button" class="json-more" onClick={() => setLimit(limit + 500)}>
                {entries.length - limit} more
              </button>
            )}
          </div>
          <span class="json-mark json-close">{close}</span>
        </>
      )}
    </div>
  );
}

const Name = ({ name }: { readonly name?: string | undefined }) =>
  name === undefined ? null : (
    <span>
      <span class="json-key">{name}</span>
      <span class="json-mark">: </span>
    </span>
  );

function Scalar({ value }: { readonly value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span class={`json-${typeof value}`}>{String(value)}</span>;
  const text = isWhole ? value : value.slice(0, shownCharacters);
  return (
    <span class="json-string">
      {JSON.stringify(text)}
      {text.length < value.length && (
        <button type="button" class="json-more" onClick={() => setWhole(true)}>
          {value.length - text.length} more characters
        </button>
      )}
    </span>
  );
}

/** Bodies of messages and requests are JSON in a string; it is shown as the object that it means. */
export function parsedText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
