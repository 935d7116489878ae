import { useState } from 'preact/hooks';
import type { TopologyNode } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws } from '../../state/api.ts';

type SendProps = { readonly queue: TopologyNode; readonly onClose: () => void; readonly onSent: () => void };

export function SendMessageDialog({ queue, onClose, onSent }: SendProps) {
  const isFifo = queue.physicalId.endsWith('.fifo');
  const [body, setBody] = useState('{\n  \n}');
  const [groupId, setGroupId] = useState('group');
  const [delay, setDelay] = useState('0');
  const send = async (): Promise<void> => {
    const sent = await attempt(
      () =>
        aws(queue.region, 'sqs', 'SendMessage', {
          QueueUrl: queue.details.url,
          MessageBody: body,
          ...(isFifo
            ? { MessageGroupId: groupId, MessageDeduplicationId: crypto.randomUUID() }
            : { DelaySeconds: Number(delay) }),
        }),
      'The message was sent',
    );
    if (sent !== undefined) onSent();
  };
  return (
    <Dialog
      title={`Send a message to ${queue.name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon="send" isDisabled={body === ''} onClick={send}>
            Send
          </Button>
        </>
      }
    >
      <div class="form">
        <label class="field field-block">
          <span>Body</span>
          <textarea
            class="input editor"
            rows={10}
            spellcheck={false}
            value={body}
            onInput={({ currentTarget }) => setBody(currentTarget.value)}
          />
        </label>
        {isFifo ? (
          <label class="field">
            <span>Message group id</span>
            <input class="input" value={groupId} onInput={({ currentTarget }) => setGroupId(currentTarget.value)} />
          </label>
        ) : (
          <label class="field">
            <span>Delay in seconds</span>
            <input
              class="input"
              type="number"
              min="0"
              max="900"
              value={delay}
              onInput={({ currentTarget }) => setDelay(currentTarget.value)}
            />
          </label>
        )}
      </div>
    </Dialog>
  );
}
