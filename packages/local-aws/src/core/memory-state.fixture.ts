import type { StateStore } from './state-store.ts';

/** What is written stays in memory, for tests that start a second time on it. */
export function memoryState(directory?: string): StateStore {
  const records = new Map<string, Map<string, string>>();
  const lateWriters: (() => void)[] = [];
  const write = async (): Promise<void> => {
    for (const writer of lateWriters.splice(0)) writer();
  };
  return {
    directory,
    changeCount: 0,
    failure: undefined,
    collection(name, schema) {
      const kept = records.get(name) ?? new Map<string, string>();
      records.set(name, kept);
      return {
        entries() {
          void write();
          return [...kept]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, text]) => [key, schema.parse(JSON.parse(text))] as const);
        },
        put: (key, value) => void kept.set(key, JSON.stringify(value)),
        delete: (key) => void kept.delete(key),
      };
    },
    beforeCommit: (writer) => void lateWriters.push(writer),
    committed: write,
    close: write,
  };
}
