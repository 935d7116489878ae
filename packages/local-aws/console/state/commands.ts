import type { FaultInput, Snapshot } from '../../src/console/api-types.ts';
import { confirm } from '../parts/dialog.tsx';
import { attempt } from '../parts/toast.tsx';
import { post, remove } from './api.ts';
import { formatDuration } from './format.ts';
import { readFaults, readInfo, reloadData } from './system.ts';

/** What the top bar does to the endpoint. */
export async function resetData(): Promise<void> {
  const isConfirmed = await confirm({
    title: 'Reset all data?',
    text: 'Empties all tables, queues, logs, metrics and e-mails, and forgets all traces. The stacks stay deployed.',
    action: 'Reset data',
  });
  if (!isConfirmed) return;
  await attempt(async () => {
    await post('/reset');
    await remove('/traces');
    reloadData();
  }, 'All data was reset');
}

export async function saveSnapshot(name: string): Promise<boolean> {
  const saved = await attempt(
    () => post<Snapshot>(`/snapshots/${encodeURIComponent(name)}`),
    `Snapshot ${name} was saved`,
  );
  return saved !== undefined;
}

export async function loadSnapshot(name: string): Promise<void> {
  const isConfirmed = await confirm({
    title: `Load snapshot ${name}?`,
    text: 'Replaces all items, messages and objects with those of the snapshot.',
    action: 'Load snapshot',
  });
  if (!isConfirmed) return;
  await attempt(async () => {
    await post(`/snapshots/${encodeURIComponent(name)}/load`);
    reloadData();
  }, `Snapshot ${name} was loaded`);
}

export async function deleteSnapshot(name: string): Promise<void> {
  const isConfirmed = await confirm({
    title: `Delete snapshot ${name}?`,
    text: 'It cannot be loaded afterwards.',
    action: 'Delete snapshot',
  });
  if (isConfirmed)
    await attempt(() => remove(`/snapshots/${encodeURIComponent(name)}`), `Snapshot ${name} was deleted`);
}

export async function advanceClock(milliseconds: number): Promise<void> {
  await attempt(
    async () => {
      await post('/clock', { advanceMs: milliseconds });
      await readInfo();
    },
    `The clock is ${formatDuration(milliseconds * 1000)} further`,
  );
}

export async function addFault(input: FaultInput): Promise<boolean> {
  const added = await attempt(async () => {
    await post('/faults', input);
    await readFaults();
    return true;
  }, 'The fault is active');
  return added ?? false;
}

export async function removeFault(id: string): Promise<void> {
  await attempt(async () => {
    await remove(`/faults/${encodeURIComponent(id)}`);
    await readFaults();
  }, 'The fault was removed');
}
