import { useState } from 'preact/hooks';
import type { TopologyNode, Trace, TraceList } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Payload } from '../../parts/payload.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws, read } from '../../state/api.ts';
import { formatDuration } from '../../state/format.ts';
import { hrefTo } from '../../state/router.ts';
import { sampleEvents } from './sample-events.ts';

type Invoked = {
  readonly StatusCode: number;
  readonly Payload?: string;
  readonly FunctionError?: string;
  readonly LogResult?: string;
};
type Result = Invoked & { readonly milliseconds: number };

type InvokeProps = { readonly node: TopologyNode };

export function InvokeForm({ node: { physicalId: functionName, region } }: InvokeProps) {
  const [event, setEvent] = useState('{}');
  const [isRunning, setRunning] = useState(false);
  const [result, setResult] = useState<Result | undefined>(undefined);
  const invoke = async (): Promise<void> => {
    setRunning(true);
    const startedAt = performance.now();
    const invoked = await attempt(() =>
      aws<Invoked>(region, 'lambda', 'Invoke', {
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        LogType: 'Tail',
        Payload: event,
      }),
    );
    setRunning(false);
    if (invoked !== undefined) setResult({ ...invoked, milliseconds: performance.now() - startedAt });
  };
  return (
    <div class="invoke">
      <section class="invoke-side">
        <div class="field-row">
          <SamplePicker functionName={functionName} onPick={setEvent} />
          <span class="spacer" />
          <Button look="primary" icon="play" isDisabled={isRunning} onClick={invoke}>
            {isRunning ? 'Running' : 'Invoke'}
          </Button>
        </div>
        <textarea
          class="input editor"
          aria-label="Event"
          rows={18}
          spellcheck={false}
          value={event}
          onInput={({ currentTarget }) => setEvent(currentTarget.value)}
        />
      </section>
      <section class="invoke-side" aria-label="Result" aria-live="polite">
        {result === undefined ? (
          <p class="muted">The result appears here.</p>
        ) : (
          <>
            <p class="invoke-state">
              <Badge tone={result.FunctionError === undefined ? 'ok' : 'bad'}>
                {result.FunctionError ?? `${result.StatusCode}`}
              </Badge>
              <span class="muted">{formatDuration(result.milliseconds * 1000)}</span>
              <a href={hrefTo(['requests'], { resource: functionName })}>Show in requests</a>
            </p>
            <Payload title="Result" value={result.Payload} />
            {result.LogResult !== undefined && <Payload title="Log" value={textOf(result.LogResult)} />}
          </>
        )}
      </section>
    </div>
  );
}

type PickerProps = { readonly functionName: string; readonly onPick: (event: string) => void };

/** Starts from a sample, or from the event that the function got last. */
function SamplePicker({ functionName, onPick }: PickerProps) {
  const pickLast = (): Promise<unknown> =>
    attempt(async () => {
      const { traces } = await read<TraceList>('/traces', { resource: functionName, limit: 1 });
      const [newest] = traces;
      if (newest === undefined) throw new Error('This function has not been invoked yet.');
      const trace = await read<Trace>(`/traces/${newest.traceId}`);
      const span = trace.spans.find(({ kind, resource }) => kind === 'invocation' && resource === functionName);
      if (span?.input == null) throw new Error('The last event is not kept any more.');
      onPick(JSON.stringify(JSON.parse(span.input.text), null, 2));
    });
  return (
    <>
      <select
        class="input"
        aria-label="Sample event"
        onChange={({ currentTarget }) => onPick(JSON.stringify(sampleEvents[currentTarget.value] ?? {}, null, 2))}
      >
        {Object.keys(sampleEvents).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Button icon="clock" onClick={pickLast}>
        Last event
      </Button>
    </>
  );
}

/** LogResult is base64 of UTF-8. */
const textOf = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
