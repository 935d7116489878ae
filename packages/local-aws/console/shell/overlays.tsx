import { signal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { listShortcuts } from '../state/shortcuts.ts';
import { FindDialog } from './find-dialog.tsx';

type Overlay = 'find' | 'help';
const opened = signal<Overlay | undefined>(undefined);

export function openOverlay(overlay: Overlay): void {
  opened.value = overlay;
}

export function Overlays() {
  const close = (): void => {
    opened.value = undefined;
  };
  if (opened.value === 'find') return <FindDialog onClose={close} />;
  if (opened.value === 'help') return <HelpDialog onClose={close} />;
  return null;
}

const further = [
  ['↑ ↓', 'Move in a table; in a waterfall, ← → fold and unfold'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close a dialog or panel'],
];

function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const rows = [...listShortcuts().map(({ keys, label }) => [keys, label]), ...further];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="shortcuts">
        {rows.map(([keys = '', label]) => (
          <div key={keys} class="shortcut">
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
