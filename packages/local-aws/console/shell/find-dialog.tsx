import { useMemo, useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { iconOfKind, kindLabel, nodeHref } from '../state/nodes.ts';
import { go } from '../state/router.ts';
import { topology } from '../state/system.ts';

const shown = 12;

/** Goes to a resource by a part of its name. */
export function FindDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const nodes = topology.value?.nodes;
  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (nodes ?? [])
      .filter((node) => {
        const haystack = `${node.name} ${node.stack} ${kindLabel(node.kind)} ${node.logicalId}`.toLowerCase();
        return words.every((word) => haystack.includes(word));
      })
      .slice(0, shown);
  }, [nodes, text]);
  const openAt = (index: number): void => {
    const node = found[index];
    if (node === undefined) return;
    onClose();
    go(nodeHref(node));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((active + step + found.length) % Math.max(1, found.length));
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      openAt(active);
    }
  };
  return (
    <Dialog title="Find a resource" onClose={onClose}>
      <input
        class="input find-input"
        type="text"
        // biome-ignore lint/a11y/noRedundantRoles: a text field is a combobox only with a <datalist>.
        role="combobox"
        list={undefined}
        aria-label="Name, kind or stack"
        aria-expanded="true"
        aria-controls="find-results"
        aria-activedescendant={found[active] && `find-${active}`}
        placeholder="Name, kind or stack"
        value={text}
        onKeyDown={onKeyDown}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setActive(0);
        }}
      />
      <div class="find-results" id="find-results" role="listbox" aria-label="Resources">
        {found.map((node, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keys.
          <div
            key={node.id}
            id={`find-${index}`}
            class="find-result"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onClick={() => openAt(index)}
          >
            <Icon name={iconOfKind(node.kind)} />
            <span class="truncate">{node.name}</span>
            <span class="muted">
              {kindLabel(node.kind)} · {node.stack}
            </span>
          </div>
        ))}
        {found.length === 0 && <p class="muted find-none">No resource has that in its name.</p>}
      </div>
    </Dialog>
  );
}
