import { mkdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Another process has the lock. */
export class LockedError extends Error {
  readonly pid: number;

  constructor(path: string, pid: number) {
    super(`${path} is held by process ${pid}.`);
    this.name = 'LockedError';
    this.pid = pid;
  }
}

/** There is something else where the lock is to be. */
export class NoLockError extends Error {
  constructor(path: string) {
    super(`${path} is not a lock. Delete it, or move it away.`);
    this.name = 'NoLockError';
  }
}

/**
 * Takes the lock `path`, which one process of this machine has at a time, and makes its folder. The lock of a process
 * that ended without giving it back is taken over. The libraries for this keep a lock fresh by a timer, which stands
 * still while a script waits for the CLI in `spawnSync`: another process would take the lock away.
 * @throws LockedError, NoLockError
 */
export function takeLock(path: string): Disposable {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      // A link to nowhere that names its owner: unlike a file, it is made and written in one step.
      symlinkSync(ownerName(process.pid), path);
      return { [Symbol.dispose]: () => remove(path) };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    const owner = readOwner(path);
    const pid = Number.parseInt(owner ?? '', 10);
    if (isRunning(pid) && owner === ownerName(pid)) throw new LockedError(path, pid);
    remove(path);
  }
}

/** Takes the lock as soon as it is free; `onWait` hears once who has it. @throws AbortError */
export async function awaitLock(
  path: string,
  { onWait, signal }: { readonly onWait: (pid: number) => void; readonly signal?: AbortSignal | undefined },
): Promise<Disposable> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return takeLock(path);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (isFirst) onWait(error.pid);
    }
    await pause(200, undefined, { ...(signal && { signal }) });
  }
}

/**
 * The id of a process with the time of its start where the system tells it: ids alone come back, most of all in
 * containers, where every start counts them from 1.
 */
function ownerName(pid: number): string {
  try {
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return `${pid}-${fields.split(' ')[19]}`;
  } catch {
    return String(pid);
  }
}

function readOwner(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    // A folder or a file: no lock that this made.
    if (hasCode(error, 'EINVAL')) throw new NoLockError(path);
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
