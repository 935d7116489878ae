import type { JsonValue } from '../core/json.ts';
import type { StateStore } from '../core/state-store.ts';

/** What is written stays in memory, for tests that start a second time on it. */
export function memoryState(): StateStore {
  const documents = new Map<string, () => JsonValue>();
  return {
    directory: undefined,
    read: (name) => documents.get(name)?.(),
    changed: (name, snapshot) => void documents.set(name, snapshot),
    flush: () => {},
  };
}
