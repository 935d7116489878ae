import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The file of the engine's database, readable by its owner alone. */
export type DatabaseFile = {
  readonly path: string;
  /** Deletes a temporary database. Keeps one in a folder of the user. */
  release(): void;
};

const fileName = 'dynamodb.db';
const prefix = 'local-dynamodb-';
/** Linux: files in memory, where a commit costs no flush to a disk. */
const memoryFolder = '/dev/shm';
/** Containers often limit the folder to 64 MB. */
const memoryNeeded = 1024 ** 3;
/** A folder this young may belong to an endpoint that is about to open its database. */
const youngMs = 60_000;

/** Prepares the database in a folder of the user, or a temporary one. Tables survive the engine's process in both. */
export function prepareDatabaseFile(folder: string | undefined): DatabaseFile {
  if (folder === undefined) return temporaryDatabase();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName);
  makePrivate(path);
  return { path, release: () => {} };
}

function temporaryDatabase(): DatabaseFile {
  removeAbandoned();
  const folder = mkdtempSync(join(hasRoomInMemory() ? memoryFolder : tmpdir(), prefix));
  const path = join(folder, fileName);
  makePrivate(path);
  const release = (): void => {
    process.off('exit', release);
    rmSync(folder, { recursive: true, force: true });
  };
  // For a process that ends without closing its engine.
  process.on('exit', release);
  return { path, release };
}

/** SQLite gives its journal files the mode of the database. */
function makePrivate(path: string): void {
  writeFileSync(path, '', { flag: 'a', mode: 0o600 });
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) chmodSync(file, 0o600);
  }
}

function hasRoomInMemory(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const { bavail, bsize } = statfsSync(memoryFolder);
    return bavail * bsize >= memoryNeeded;
  } catch {
    return false;
  }
}

/** Deletes temporary databases of endpoints that were killed. */
function removeAbandoned(): void {
  for (const root of process.platform === 'linux' ? [memoryFolder, tmpdir()] : [tmpdir()]) {
    for (const name of namesIn(root)) {
      if (name.startsWith(prefix) && isAbandoned(join(root, name))) rmSync(join(root, name), { recursive: true });
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * SQLite gives its exclusive lock only when no process has the database open. Process ids would not do: those of other
 * containers that share the folder mean nothing here.
 */
function isAbandoned(folder: string): boolean {
  try {
    const { uid, mtimeMs } = statSync(folder);
    if (uid !== process.getuid?.() || Date.now() - mtimeMs < youngMs) return false;
    const path = join(folder, fileName);
    if (!existsSync(path)) return true;
    using database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return true;
  } catch {
    return false;
  }
}
