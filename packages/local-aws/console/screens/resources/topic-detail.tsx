import { useState } from 'preact/hooks';
import type { Email, TopologyNode } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Payload } from '../../parts/payload.tsx';
import { Empty } from '../../parts/state.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws, read } from '../../state/api.ts';
import { formatAge } from '../../state/format.ts';
import { regionOfArn } from '../../state/nodes.ts';
import { useData } from '../../state/use-data.ts';

type TabName = 'subscriptions' | 'emails' | 'attributes';
type Subscription = { readonly SubscriptionArn: string; readonly Protocol: string; readonly Endpoint: string };

const subscriptionColumns: readonly Column<Subscription>[] = [
  { name: 'Protocol', width: '96px', cell: ({ Protocol }) => Protocol },
  { name: 'Endpoint', width: 'minmax(140px, 1fr)', cell: ({ Endpoint }) => <code class="truncate">{Endpoint}</code> },
  {
    name: 'Subscription',
    width: 'minmax(140px, 1fr)',
    isExtra: true,
    cell: ({ SubscriptionArn }) => <code class="truncate muted">{SubscriptionArn}</code>,
  },
];

export function TopicDetail({ node }: { readonly node: TopologyNode }) {
  const [tab, setTab] = useState<TabName>('subscriptions');
  const [isPublishing, setPublishing] = useState(false);
  const topicArn = node.kind === 'subscription' ? (node.parentId ?? node.id) : node.id;
  const subscriptions = useData(`subscriptions ${topicArn}`, () =>
    aws<{ Subscriptions?: readonly Subscription[] }>(node.region, 'sns', 'ListSubscriptionsByTopic', {
      TopicArn: topicArn,
    }),
  );
  return (
    <>
      <div class="detail-bar">
        <span class="spacer" />
        <Button icon="send" onClick={() => setPublishing(true)}>
          Publish message
        </Button>
      </div>
      <Tabs
        label="Parts of the topic"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'subscriptions', label: 'Subscriptions', count: subscriptions.data?.Subscriptions?.length },
          { name: 'emails', label: 'Emails' },
          { name: 'attributes', label: 'Attributes' },
        ]}
      >
        {tab === 'subscriptions' && (
          <LoadedView loaded={subscriptions}>
            {({ Subscriptions = [] }) => (
              <DataTable
                label="Subscriptions"
                columns={subscriptionColumns}
                rows={Subscriptions}
                keyOf={({ SubscriptionArn, Endpoint }) => `${SubscriptionArn} ${Endpoint}`}
                empty={<Empty icon="topic" title="Nothing subscribes to this topic" />}
              />
            )}
          </LoadedView>
        )}
        {tab === 'emails' && <Emails topicArn={topicArn} />}
        {tab === 'attributes' && <Attributes topicArn={topicArn} />}
      </Tabs>
      {isPublishing && <PublishDialog topicArn={topicArn} onClose={() => setPublishing(false)} />}
    </>
  );
}

function Emails({ topicArn }: { readonly topicArn: string }) {
  const loaded = useData('emails', () => read<readonly Email[]>('/emails'), 3000);
  return (
    <LoadedView loaded={loaded}>
      {(all) => {
        const emails = all.filter((email) => email.topicArn === topicArn);
        if (emails.length === 0) {
          return (
            <Empty icon="mail" title="No emails">
              <p>On AWS, subscribers with an address would get an email. Here it is kept and shown.</p>
            </Empty>
          );
        }
        return (
          <ol class="details-pad emails">
            {emails.map(({ to, subject, body, sentAt }) => (
              <li key={`${sentAt} ${to}`} class="email">
                <p class="email-head">
                  <strong>{subject}</strong>
                  <span class="muted">
                    to {to}, {formatAge(Date.parse(sentAt))}
                  </span>
                </p>
                <Payload title="Body" value={body} />
              </li>
            ))}
          </ol>
        );
      }}
    </LoadedView>
  );
}

function Attributes({ topicArn }: { readonly topicArn: string }) {
  const loaded = useData(`attributes ${topicArn}`, () =>
    aws<{ Attributes: object }>(regionOfArn(topicArn), 'sns', 'GetTopicAttributes', { TopicArn: topicArn }),
  );
  return (
    <LoadedView loaded={loaded}>
      {({ Attributes: attributes }) => (
        <div class="details-pad">
          <JsonView value={attributes} />
        </div>
      )}
    </LoadedView>
  );
}

function PublishDialog({ topicArn, onClose }: { readonly topicArn: string; readonly onClose: () => void }) {
  const [message, setMessage] = useState('');
  const [subject, setSubject] = useState('');
  const publish = async (): Promise<void> => {
    const published = await attempt(
      () =>
        aws(regionOfArn(topicArn), 'sns', 'Publish', {
          TopicArn: topicArn,
          Message: message,
          ...(subject !== '' && { Subject: subject }),
        }),
      'The message was published',
    );
    if (published !== undefined) onClose();
  };
  return (
    <Dialog
      title="Publish a message"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon="send" isDisabled={message === ''} onClick={publish}>
            Publish
          </Button>
        </>
      }
    >
      <div class="form">
        <label class="field">
          <span>Subject</span>
          <input class="input" value={subject} onInput={({ currentTarget }) => setSubject(currentTarget.value)} />
        </label>
        <label class="field field-block">
          <span>Message</span>
          <textarea
            class="input editor"
            rows={8}
            value={message}
            onInput={({ currentTarget }) => setMessage(currentTarget.value)}
          />
        </label>
      </div>
    </Dialog>
  );
}
