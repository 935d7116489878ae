import type { SpanStatus } from '../../src/console/api-types.ts';
import { Icon } from './icon.tsx';

const labels: Readonly<Record<SpanStatus, string>> = {
  ok: 'ok',
  error: 'error',
  running: 'running',
  filtered: 'filtered',
};

/** Form and colour tell the status, and its name is there for those who see neither. */
export function StatusMark({ status, hasText = true }: { readonly status: SpanStatus; readonly hasText?: boolean }) {
  return (
    <span class={`status status-${status}`} title={labels[status]}>
      {status === 'running' ? <span class="spinner" /> : <Icon name={icons[status]} size={12} />}
      <span class={hasText ? '' : 'visually-hidden'}>{labels[status]}</span>
    </span>
  );
}

const icons = { ok: 'check', error: 'close', filtered: 'chevron' } as const;
