import { useEffect, useState } from 'preact/hooks';
import type { PeekedMessage, PeekedMessages, TopologyNode } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { confirm } from '../../parts/dialog.tsx';
import { Figures } from '../../parts/figures.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws, post, read } from '../../state/api.ts';
import { formatCount, plural } from '../../state/format.ts';
import { countsOf } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { MessageList } from './message-list.tsx';
import { SendMessageDialog } from './send-message-dialog.tsx';

type TabName = 'messages' | 'attributes';

export function QueueDetail({ node }: { readonly node: TopologyNode }) {
  const [tab, setTab] = useState<TabName>('messages');
  const [isSending, setSending] = useState(false);
  const name = encodeURIComponent(node.physicalId);
  const messages = useData(
    `messages ${node.id}`,
    () => read<PeekedMessages>(`/queues/${name}/messages`, { limit: 500, region: node.region }),
    5000,
  );
  const { ready = 0, inFlight = 0, delayed = 0 } = countsOf(node.id);
  // The live counts tell when it is time to look again.
  useEffect(() => messages.reload(), [ready, inFlight, delayed]);
  const isDead = node.kind === 'dead-letter-queue';

  const redrive = async (chosen?: readonly PeekedMessage[]): Promise<void> => {
    const ids = (chosen ?? messages.data?.messages ?? []).map(({ messageId }) => messageId);
    const moved = await attempt(
      () => post<{ moved: number }>(`/queues/${name}/redrive`, { messageIds: ids }, { region: node.region }),
      (result) => `${plural(result.moved, 'message')} moved back`,
    );
    if (moved !== undefined) messages.reload();
  };
  const purge = async (): Promise<void> => {
    const isConfirmed = await confirm({
      title: `Purge ${node.name}?`,
      text: 'Deletes all messages of the queue, also those in flight. They cannot be brought back.',
      action: 'Purge queue',
    });
    if (!isConfirmed) return;
    await attempt(
      () => aws(node.region, 'sqs', 'PurgeQueue', { QueueUrl: node.details.url }),
      `${node.name} was purged`,
    );
    messages.reload();
  };
  return (
    <>
      <div class="detail-bar">
        <Figures
          figures={[
            { name: 'Ready', value: formatCount(ready), isBad: isDead && ready > 0 },
            { name: 'In flight', value: formatCount(inFlight) },
            { name: 'Delayed', value: formatCount(delayed) },
          ]}
        />
        <span class="spacer" />
        <div class="button-row">
          <Button icon="send" onClick={() => setSending(true)}>
            Send message
          </Button>
          {isDead && (
            <Button icon="reset" look="primary" isDisabled={ready === 0} onClick={() => redrive()}>
              Redrive all
            </Button>
          )}
          <Button icon="trash" look="danger" onClick={purge}>
            Purge
          </Button>
        </div>
      </div>
      <Tabs
        label="Parts of the queue"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'messages', label: 'Messages', count: messages.data?.total },
          { name: 'attributes', label: 'Attributes' },
        ]}
      >
        {tab === 'messages' ? (
          <LoadedView loaded={messages}>
            {(data) => (
              <MessageList queue={node} messages={data.messages} onRedrive={redrive} onChange={messages.reload} />
            )}
          </LoadedView>
        ) : (
          <Attributes node={node} />
        )}
      </Tabs>
      {isSending && (
        <SendMessageDialog
          queue={node}
          onClose={() => setSending(false)}
          onSent={() => {
            setSending(false);
            messages.reload();
          }}
        />
      )}
    </>
  );
}

function Attributes({ node }: { readonly node: TopologyNode }) {
  const loaded = useData(`attributes ${node.id}`, () =>
    aws<{ Attributes: object }>(node.region, 'sqs', 'GetQueueAttributes', {
      QueueUrl: node.details.url,
      AttributeNames: ['All'],
    }),
  );
  return (
    <LoadedView loaded={loaded}>
      {({ Attributes }) => (
        <div class="details-pad">
          <JsonView value={Attributes} />
        </div>
      )}
    </LoadedView>
  );
}
