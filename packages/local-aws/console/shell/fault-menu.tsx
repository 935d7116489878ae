import { useState } from 'preact/hooks';
import type { Fault, FaultInput, NodeKind } from '../../src/console/api-types.ts';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { addFault, removeFault } from '../state/commands.ts';
import { faults, topology } from '../state/system.ts';

type Kind = FaultInput['fault']['kind'];
const kinds: readonly Kind[] = ['latency', 'error', 'throttle'];
const services: Readonly<Record<string, readonly NodeKind[]>> = {
  dynamodb: ['table'],
  sqs: ['queue', 'dead-letter-queue'],
  lambda: ['function'],
  sns: ['topic'],
  events: ['bus'],
  s3: ['bucket'],
  apigateway: ['api'],
};

export function FaultMenu() {
  const { length } = faults.value;
  return (
    <Menu label="Faults" icon="fault" isActive={length > 0} {...(length > 0 && { text: `${length}` })}>
      {() => <FaultPanel />}
    </Menu>
  );
}

function FaultPanel() {
  const [service, setService] = useState('dynamodb');
  const [resource, setResource] = useState('');
  const [kind, setKind] = useState<Kind>('error');
  const [milliseconds, setMilliseconds] = useState('500');
  const [percent, setPercent] = useState('100');
  const resources = topology.value?.nodes.filter((node) => services[service]?.includes(node.kind)) ?? [];
  const rate = Number(percent) / 100;
  const isValid = rate > 0 && rate <= 1 && (kind !== 'latency' || Number(milliseconds) > 0);
  const submit = (event: Event): void => {
    event.preventDefault();
    const fault = kind === 'latency' ? { kind, milliseconds: Number(milliseconds) } : { kind };
    if (isValid) void addFault({ service, ...(resource !== '' && { resource }), fault, rate });
  };
  return (
    <div class="panel">
      <h2>Faults</h2>
      <p class="muted">Make calls slow, fail or be throttled, and see what your services make of it.</p>
      <ul class="panel-list">
        {faults.value.map((fault) => (
          <li key={fault.id} class="panel-item">
            <span class="panel-item-text">
              <span class="truncate">{describeFault(fault)}</span>
              <span class="muted">{fault.hits === 1 ? '1 call' : `${fault.hits} calls`} so far</span>
            </span>
            <Button icon="close" look="quiet" label="Remove the fault" onClick={() => removeFault(fault.id)} />
          </li>
        ))}
      </ul>
      <form class="form" onSubmit={submit}>
        <label class="field">
          <span>Service</span>
          <select
            class="input"
            value={service}
            onChange={({ currentTarget }) => {
              setService(currentTarget.value);
              setResource('');
            }}
          >
            {Object.keys(services).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Resource</span>
          <select class="input" value={resource} onChange={({ currentTarget }) => setResource(currentTarget.value)}>
            <option value="">all</option>
            {resources.map(({ id, physicalId, name }) => (
              <option key={id} value={physicalId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Fault</span>
          <select
            class="input"
            value={kind}
            onChange={({ currentTarget }) => setKind(kinds[currentTarget.selectedIndex] ?? 'error')}
          >
            {kinds.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {kind === 'latency' && <NumberField label="Delay in ms" value={milliseconds} onInput={setMilliseconds} />}
        <NumberField label="Share of calls in %" value={percent} onInput={setPercent} />
        <Button type="submit" look="primary" isDisabled={!isValid}>
          Add fault
        </Button>
      </form>
    </div>
  );
}

type NumberFieldProps = { readonly label: string; readonly value: string; readonly onInput: (value: string) => void };

const NumberField = ({ label, value, onInput }: NumberFieldProps) => (
  <label class="field">
    <span>{label}</span>
    <input
      class="input"
      type="number"
      min="1"
      value={value}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
    />
  </label>
);

function describeFault({ service, resource, operation, fault, rate = 1 }: Fault): string {
  const what = { latency: 'slow', error: 'error', throttle: 'throttled' }[fault.kind];
  const detail = fault.kind === 'latency' ? `${what} by ${fault.milliseconds} ms` : what;
  const where = [service, resource, operation].filter(Boolean).join(' · ');
  return `${where}: ${detail}${rate < 1 ? `, ${Math.round(rate * 100)} %` : ''}`;
}
