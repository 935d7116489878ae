import { useState } from 'preact/hooks';
import type { Body, LogLine, Span } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LogLines } from '../../parts/log-lines.tsx';
import { Payload } from '../../parts/payload.tsx';
import { Empty } from '../../parts/state.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { formatBytes, formatDuration, formatTime } from '../../state/format.ts';
import { nodeHref } from '../../state/nodes.ts';
import { nodeOf } from '../../state/system.ts';
import { SpanActions } from './span-actions.tsx';
import { spanTitle } from './span-names.ts';
import { SpanPermissions } from './span-permissions.tsx';
import { SpanSteps } from './span-steps.tsx';

type TabName = 'overview' | 'permissions' | 'logs' | 'attributes';
type DetailsProps = { readonly span: Span; readonly logs: readonly LogLine[]; readonly onClose: () => void };

export function SpanDetails({ span, logs, onClose }: DetailsProps) {
  const [tab, setTab] = useState<TabName>('overview');
  const { iam, attributes } = span;
  const isDenied = iam.some(({ isAllowed }) => !isAllowed);
  return (
    <section class="details" aria-label="Span">
      <header class="details-head">
        <span class={`kind-dot kind-${span.kind}`} />
        <h2 class="truncate">{spanTitle(span)}</h2>
        <span class="spacer" />
        <SpanActions span={span} />
        <Button icon="close" label="Close the details" look="quiet" onClick={onClose} />
      </header>
      <Tabs
        label="Parts of the span"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'overview', label: 'Overview' },
          { name: 'permissions', label: isDenied ? 'Permissions: denied' : 'Permissions', count: iam.length },
          { name: 'logs', label: 'Logs', count: logs.length },
          { name: 'attributes', label: 'Attributes' },
        ]}
      >
        {tab === 'overview' && <Overview span={span} />}
        {tab === 'permissions' && <SpanPermissions decisions={iam} />}
        {tab === 'logs' &&
          (logs.length > 0 ? <LogLines lines={logs} /> : <Empty icon="logs" title="This span logged nothing" />)}
        {tab === 'attributes' && (
          <div class="details-pad">
            <JsonView
              value={{ traceId: span.traceId, spanId: span.spanId, requestId: span.requestId, ...attributes }}
            />
          </div>
        )}
      </Tabs>
    </section>
  );
}

function Overview({ span }: { readonly span: Span }) {
  const node = nodeOf(span.nodeId);
  const { attributes } = span;
  return (
    <div class="details-pad">
      <dl class="facts">
        <Fact name="Status">
          <StatusMark status={span.status} />
          {span.attempt > 1 && <Badge tone="warn">attempt {span.attempt}</Badge>}
          {typeof attributes.httpStatus === 'number' && <span class="mono">HTTP {attributes.httpStatus}</span>}
        </Fact>
        <Fact name="Duration">
          <span class="mono">{formatDuration(span.durationUs)}</span>
          {typeof attributes.initDurationMs === 'number' && (
            <span class="muted">with a cold start of {formatDuration(attributes.initDurationMs * 1000)}</span>
          )}
        </Fact>
        <Fact name="Started">
          <span class="mono">{formatTime(span.startUs / 1000)}</span>
        </Fact>
        <Fact name="Resource">{node === undefined ? span.resource : <a href={nodeHref(node)}>{node.name}</a>}</Fact>
        {span.requestId !== null && (
          <Fact name="Request id">
            <span class="mono truncate">{span.requestId}</span>
          </Fact>
        )}
      </dl>
      {span.error !== null && <SpanFailure error={span.error} />}
      <SpanSteps attributes={attributes} />
      <BodyView title="Input" body={span.input} />
      <BodyView title="Output" body={span.output} />
    </div>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function SpanFailure({ error: { type, message, stack } }: { readonly error: NonNullable<Span['error']> }) {
  return (
    <section class="span-failure">
      <p class="span-failure-title">
        <strong>{type}</strong> {message}
      </p>
      {stack !== undefined && stack.length > 0 && <pre class="text-block">{stack.join('\n')}</pre>}
    </section>
  );
}

function BodyView({ title, body }: { readonly title: string; readonly body: Body | null }) {
  if (body === null) return null;
  const size = formatBytes(body.size);
  const note = body.isTruncated ? `the first 64 KB of ${size}` : body.encoding === 'base64' ? `base64, ${size}` : size;
  return <Payload title={title} value={body.text} note={note} />;
}
