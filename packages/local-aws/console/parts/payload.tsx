import { useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { JsonView, parsedText } from './json-view.tsx';

type PayloadProps = { readonly title: string; readonly value: unknown; readonly note?: string | undefined };

/** What went in or came out: a tree where it is JSON, else text. */
export function Payload({ title, value, note }: PayloadProps) {
  const [isRaw, setRaw] = useState(false);
  if (value === undefined || value === null || value === '') {
    return (
      <section class="payload">
        <header class="payload-head">
          <h3>{title}</h3>
          <span class="muted">{note ?? 'empty'}</span>
        </header>
      </section>
    );
  }
  const inner = typeof value === 'string' ? parsedText(value) : value;
  const isTree = typeof inner === 'object' && inner !== null;
  return (
    <section class="payload">
      <header class="payload-head">
        <h3>{title}</h3>
        {note !== undefined && <span class="muted">{note}</span>}
        <span class="spacer" />
        {isTree && (
          <Button look="quiet" isPressed={isRaw} onClick={() => setRaw(!isRaw)}>
            Raw
          </Button>
        )}
        <CopyButton label={`Copy ${title.toLowerCase()}`} text={() => rawText(value)} />
      </header>
      {isTree && !isRaw ? <JsonView value={inner} /> : <pre class="text-block">{rawText(value)}</pre>}
    </section>
  );
}

const rawText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
