import { useState } from 'preact/hooks';
import type { Commands, ReplayResult, Span } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Menu, MenuItem } from '../../parts/menu.tsx';
import { attempt, notify } from '../../parts/toast.tsx';
import { post, read } from '../../state/api.ts';
import { go, hrefTo } from '../../state/router.ts';

const forms = [
  ['curl', 'Copy as curl'],
  ['awsCli', 'Copy as AWS CLI'],
  ['test', 'Copy as test'],
] as const;

/** Do it again, or take it along as a command. */
export function SpanActions({ span }: { readonly span: Span }) {
  const [isEditing, setEditing] = useState(false);
  const { traceId, spanId } = span;
  const canReplay = span.kind !== 'gateway' && span.kind !== 'authorizer' && span.status !== 'filtered';
  const copy = (form: keyof Commands, close: () => void): void => {
    close();
    void attempt(async () => {
      const text = (await read<Commands>(`/traces/${traceId}/spans/${spanId}/commands`))[form];
      if (text === null) throw new Error('This span cannot be said in that form.');
      await navigator.clipboard.writeText(text);
      notify('Copied');
    });
  };
  return (
    <>
      {canReplay && (
        <Button icon="refresh" onClick={() => replay({ traceId, spanId })}>
          Replay
        </Button>
      )}
      <Menu label="More about this span" icon="more">
        {(close) => (
          <div class="menu-items">
            {canReplay && span.input !== null && (
              <MenuItem
                icon="edit"
                onClick={() => {
                  close();
                  setEditing(true);
                }}
              >
                Edit and replay
              </MenuItem>
            )}
            {forms.map(([form, label]) => (
              <MenuItem key={form} icon="copy" onClick={() => copy(form, close)}>
                {label}
              </MenuItem>
            ))}
          </div>
        )}
      </Menu>
      {isEditing && <ReplayDialog span={span} onClose={() => setEditing(false)} />}
    </>
  );
}

function ReplayDialog({ span, onClose }: { readonly span: Span; readonly onClose: () => void }) {
  const [input, setInput] = useState(span.input?.text ?? '');
  const send = async (): Promise<void> => {
    if (await replay({ traceId: span.traceId, spanId: span.spanId, input })) onClose();
  };
  return (
    <Dialog
      title="Edit and replay"
      onClose={onClose}
      isWide
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon="refresh" onClick={send}>
            Replay
          </Button>
        </>
      }
    >
      <textarea
        class="input editor"
        aria-label="Input"
        spellcheck={false}
        rows={16}
        value={input}
        onInput={({ currentTarget }) => setInput(currentTarget.value)}
      />
    </Dialog>
  );
}

async function replay(input: { traceId: string; spanId: string; input?: string }): Promise<boolean> {
  const result = await attempt(() => post<ReplayResult>('/replay', input), 'Replayed as a new request');
  if (result !== undefined) go(hrefTo(['requests', result.traceId]));
  return result !== undefined;
}
