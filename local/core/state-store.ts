import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonValue } from './json.ts';

/**
 * Where a service keeps what must survive a restart under `--persist`. A service reads its document once when it is
 * built and calls `changed` after every change; without `--persist` both do nothing.
 */
export type StateStore = {
  /** The folder for files of the service's own, or undefined when nothing is kept. */
  readonly directory: string | undefined;
  read(name: string): unknown;
  /** Notes that document `name` changed; `snapshot` is called when it is written, soon after. */
  changed(name: string, snapshot: () => JsonValue): void;
  /** Writes everything that is still pending. */
  flush(): void;
};

/** Keeps nothing: every start is a first one. */
export const noStateStore: StateStore = {
  directory: undefined,
  read: () => undefined,
  changed: () => {},
  flush: () => {},
};

/** Keeps each document as `<directory>/<name>.json`, replaced atomically, at most every 200 ms. */
export function fileStateStore(directory: string): StateStore {
  const pending = new Map<string, () => JsonValue>();
  let timer: NodeJS.Timeout | undefined;
  const file = (name: string): string => join(directory, `${name}.json`);

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [name, snapshot] of pending) {
      const path = file(name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.tmp`, JSON.stringify(snapshot()));
      renameSync(`${path}.tmp`, path);
    }
    pending.clear();
  };

  return {
    directory,
    read(name) {
      try {
        return JSON.parse(readFileSync(file(name), 'utf8'));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw new Error(`cannot read the kept state ${file(name)}: ${String(error)}`, { cause: error });
      }
    },
    changed(name, snapshot) {
      pending.set(name, snapshot);
      timer ??= setTimeout(flush, 200).unref();
    },
    flush,
  };
}
