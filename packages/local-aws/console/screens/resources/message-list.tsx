import { useState } from 'preact/hooks';
import type { PeekedMessage, TopologyNode } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { confirm } from '../../parts/dialog.tsx';
import { Payload } from '../../parts/payload.tsx';
import { Empty } from '../../parts/state.tsx';
import { attempt } from '../../parts/toast.tsx';
import { remove } from '../../state/api.ts';
import { formatAge, formatDate } from '../../state/format.ts';
import { hrefTo } from '../../state/router.ts';

type ListProps = {
  readonly queue: TopologyNode;
  readonly messages: readonly PeekedMessage[];
  readonly onRedrive: (messages: readonly PeekedMessage[]) => Promise<void>;
  readonly onChange: () => void;
};

const states = {
  ready: ['ok', 'ready'],
  inFlight: ['info', 'in flight'],
  delayed: ['warn', 'delayed'],
} as const;

const columns: readonly Column<PeekedMessage>[] = [
  {
    name: 'State',
    width: '88px',
    cell: ({ state }) => <Badge tone={states[state][0]}>{states[state][1]}</Badge>,
  },
  { name: 'Sent', width: '80px', cell: ({ sentAt }) => <span class="muted">{formatAge(sentAt)}</span> },
  { name: 'Body', width: 'minmax(80px, 1fr)', cell: ({ body }) => <code class="truncate">{body}</code> },
  {
    name: 'Group',
    width: 'minmax(0, 100px)',
    isExtra: true,
    cell: ({ groupId }) => <span class="muted truncate">{groupId ?? '–'}</span>,
  },
  { name: 'Receives', width: '64px', isNumber: true, cell: ({ receiveCount }) => receiveCount },
];

/** The messages of a queue, read without receiving them. */
export function MessageList({ queue, messages, onRedrive, onChange }: ListProps) {
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const message = messages.find(({ messageId }) => messageId === selected);
  return (
    <div class={`split${message === undefined ? '' : ' is-split'}`}>
      <DataTable
        label="Messages"
        columns={columns}
        rows={messages}
        keyOf={({ messageId }) => messageId}
        selected={selected}
        onOpen={({ messageId }) => setSelected(messageId)}
        empty={
          <Empty icon="queue" title="The queue is empty">
            <p>
              Messages that wait or are in flight appear here. To look at them changes nothing: they are not received.
            </p>
          </Empty>
        }
      />
      {message !== undefined && (
        <MessageDetails
          queue={queue}
          message={message}
          onClose={() => setSelected(undefined)}
          onRedrive={onRedrive}
          onChange={onChange}
        />
      )}
    </div>
  );
}

type MessageProps = Omit<ListProps, 'messages'> & { readonly message: PeekedMessage; readonly onClose: () => void };

function MessageDetails({ queue, message, onClose, onRedrive, onChange }: MessageProps) {
  const { messageId, body, attributes, sentAt, firstReceivedAt, visibleAt, traceId } = message;
  const deleteMessage = async (): Promise<void> => {
    const isConfirmed = await confirm({
      title: 'Delete this message?',
      text: 'It cannot be brought back.',
      action: 'Delete message',
    });
    if (!isConfirmed) return;
    const path = `/queues/${encodeURIComponent(queue.physicalId)}/messages/${encodeURIComponent(messageId)}`;
    await attempt(() => remove(path, { region: queue.region }), 'The message was deleted');
    onClose();
    onChange();
  };
  return (
    <section class="details" aria-label="Message">
      <header class="details-head">
        <h2 class="truncate">Message</h2>
        <span class="spacer" />
        {message.deadLetterSourceArn !== null && (
          <Button icon="reset" onClick={() => onRedrive([message])}>
            Redrive
          </Button>
        )}
        <Button icon="trash" look="quiet" label="Delete the message" onClick={deleteMessage} />
        <Button icon="close" look="quiet" label="Close the details" onClick={onClose} />
      </header>
      <div class="details-pad details-scroll">
        <dl class="facts">
          <Fact name="Message id" value={messageId} />
          <Fact name="Sent" value={formatDate(sentAt)} />
          {firstReceivedAt !== null && <Fact name="First received" value={formatDate(firstReceivedAt)} />}
          {visibleAt !== null && <Fact name="Visible" value={formatDate(visibleAt)} />}
          {message.deadLetterSourceArn !== null && <Fact name="Came from" value={message.deadLetterSourceArn} />}
          {traceId !== null && (
            <div class="fact">
              <dt>Request</dt>
              <dd>
                <a href={hrefTo(['requests', traceId])}>Show the request that sent it</a>
              </dd>
            </div>
          )}
        </dl>
        <Payload title="Body" value={body} />
        {Object.keys(attributes).length > 0 && <Payload title="Message attributes" value={attributes} />}
      </div>
    </section>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd class="mono wrap">{value}</dd>
  </div>
);
