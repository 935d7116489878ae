import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivate } from './make-private.ts';
import { StateFolderError } from './state-folder-error.ts';

/**
 * Makes a folder of `--persist` that can be used, for its owner alone: it holds a private key, and what the services
 * keep. Takes the rights of others from everything that is there.
 *
 * @throws StateFolderError
 */
export function openFolder(folder: string): void {
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw new StateFolderError(`${folder} is not a folder. ${elsewhere}`);
    makePrivate(folder);
    // A folder may be writable by its mode and not by its file system.
    const probe = join(folder, `.probe-${process.pid}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** What stands in the place of the system's error for a file of the folder. */
export function folderError(folder: string, error: unknown): Error {
  if (error instanceof StateFolderError || !(error instanceof Error)) return asError(error);
  const code = 'code' in error ? error.code : undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : folder;
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return new StateFolderError(`${path} is not a folder. ${elsewhere}`);
    case 'EROFS':
      return new StateFolderError(`${path} cannot be written: its file system is read-only. ${elsewhere}`);
    case 'EACCES':
    case 'EPERM':
      return new StateFolderError(`This user may not write ${path}. Change its permissions, or choose another folder.`);
    case 'ENOENT':
      return new StateFolderError(`${path} cannot be made. ${elsewhere}`);
    case 'ENOSPC':
    case 'EDQUOT':
      return new StateFolderError(`The disk of ${path} is full. Make space, or choose another folder.`);
    default:
      return error;
  }
}

const elsewhere = 'Choose another folder for --persist.';

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Like `mkdir -p`. Node's own `recursive` never returns where the system denies that a folder exists, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}
