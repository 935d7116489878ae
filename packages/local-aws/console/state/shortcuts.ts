/** What a key does while no text field has the focus. `g s` means: g, then s within a second. */
type Shortcut = { readonly keys: string; readonly label: string; readonly run: () => void };

const shortcuts = new Map<string, Shortcut>();
let prefix = '';
let prefixAt = 0;

/** Registers a shortcut; what it returns takes it back. */
export function addShortcut(shortcut: Shortcut): () => void {
  shortcuts.set(shortcut.keys, shortcut);
  return () => {
    if (shortcuts.get(shortcut.keys) === shortcut) shortcuts.delete(shortcut.keys);
  };
}

export const listShortcuts = (): readonly Shortcut[] => [...shortcuts.values()];

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const isSequence = prefix !== '' && event.timeStamp - prefixAt < 1000;
    const keys = isSequence ? `${prefix} ${event.key}` : event.key;
    prefix = '';
    const shortcut = shortcuts.get(keys) ?? shortcuts.get(event.key);
    if (shortcut !== undefined) {
      event.preventDefault();
      shortcut.run();
      return;
    }
    if (event.key.length === 1) {
      prefix = event.key;
      prefixAt = event.timeStamp;
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
