import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '../core/state-store.ts';
import { checkFolder, checkParts } from './folder-parts.ts';
import { openFolder } from './open-folder.ts';
import { checkRegions } from './regional-state.ts';
import { openStateStore, type StateStoreOptions } from './sqlite-state-store.ts';

/**
 * Opens a folder of `--persist`, or makes it.
 *
 * @throws StateFolderError when it cannot be used or is not whole
 */
export function openPersistedState(folder: string, options: StateStoreOptions = {}): StateStore {
  openFolder(folder);
  checkFolder(folder);
  const state = openStateStore(folder, options);
  try {
    checkParts(state);
    checkRegions(state);
  } catch (error) {
    void state.close();
    throw error;
  }
  // SQLite takes an empty file for a new database, and gives its log the same permissions.
  closeSync(openSync(join(folder, 'dynamodb.db'), 'a', 0o600));
  return state;
}
