import { signal } from '@preact/signals';
import { Icon } from './icon.tsx';

type Toast = {
  readonly id: number;
  readonly text: string;
  readonly look: 'ok' | 'bad';
  readonly href?: string | undefined;
};

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Says at the edge of the page what happened; a failure stays until it is closed. */
export function notify(text: string, { look = 'ok', href }: { look?: 'ok' | 'bad'; href?: string } = {}): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value.slice(-3), { id, text, look, href }];
  if (look === 'ok') setTimeout(() => close(id), 5000);
}

/** Runs what a person asked for; says `done` when it worked and the reason when it failed. */
export async function attempt<T>(
  action: () => Promise<T>,
  done?: string | ((value: T) => string),
): Promise<T | undefined> {
  try {
    const value = await action();
    if (done !== undefined) notify(typeof done === 'string' ? done : done(value));
    return value;
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), { look: 'bad' });
    return undefined;
  }
}

function close(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, look, href }) => (
        <div class={`toast toast-${look}`} key={id}>
          <Icon name={look === 'ok' ? 'check' : 'alarm'} />
          <span class="toast-text">{text}</span>
          {href !== undefined && <a href={href}>Show</a>}
          <button type="button" class="toast-close" aria-label="Close the message" onClick={() => close(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
