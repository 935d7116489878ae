import { useState } from 'preact/hooks';
import type { Snapshots } from '../../src/console/api-types.ts';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { Failure } from '../parts/state.tsx';
import { read } from '../state/api.ts';
import { deleteSnapshot, loadSnapshot, saveSnapshot } from '../state/commands.ts';
import { formatBytes, formatDate } from '../state/format.ts';
import { useData } from '../state/use-data.ts';

export const SnapshotMenu = () => (
  <Menu label="Snapshots" icon="snapshot">
    {(close) => <SnapshotPanel close={close} />}
  </Menu>
);

function SnapshotPanel({ close }: { readonly close: () => void }) {
  const [name, setName] = useState('');
  const { data, error, reload } = useData('snapshots', () => read<Snapshots>('/snapshots'));
  const isValid = /^[A-Za-z0-9._-]{1,64}$/.test(name);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isValid && (await saveSnapshot(name))) {
      setName('');
      reload();
    }
  };
  return (
    <div class="panel">
      <h2>Snapshots</h2>
      <p class="muted">Items, messages and objects of this moment, to go back to.</p>
      <form class="field-row" onSubmit={(event) => void save(event)}>
        <input
          class="input"
          aria-label="Name of the snapshot"
          placeholder="name"
          value={name}
          maxLength={64}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" look="primary" isDisabled={!isValid}>
          Save
        </Button>
      </form>
      {error !== undefined && <Failure message={error} onRetry={reload} />}
      <ul class="panel-list">
        {data?.snapshots.map((snapshot) => (
          <li key={snapshot.name} class="panel-item">
            <span class="panel-item-text">
              <span class="truncate">{snapshot.name}</span>
              <span class="muted">
                {formatDate(Date.parse(snapshot.savedAt))} · {formatBytes(snapshot.bytes)}
              </span>
            </span>
            <Button
              onClick={() => {
                close();
                void loadSnapshot(snapshot.name);
              }}
            >
              Load
            </Button>
            <Button
              icon="trash"
              look="quiet"
              label={`Delete snapshot ${snapshot.name}`}
              onClick={() => void deleteSnapshot(snapshot.name).then(reload)}
            />
          </li>
        ))}
      </ul>
      {data?.snapshots.length === 0 && <p class="muted">None yet.</p>}
    </div>
  );
}
