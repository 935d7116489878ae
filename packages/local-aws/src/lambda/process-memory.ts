import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A status is less than half as long. */
const statusBytes = 4096;
const status = Buffer.allocUnsafe(statusBytes);

/** The most resident memory that a process ever had. It is asked for after each invocation: the file stays open. */
export class PeakMemory {
  #descriptor: number | undefined;

  constructor(pid: number) {
    this.#descriptor = open(`/proc/${pid}/status`);
  }

  /** In bytes; undefined once the process is gone, and where there is no /proc. */
  read(): number | undefined {
    if (this.#descriptor === undefined) return undefined;
    try {
      const length = readSync(this.#descriptor, status, 0, statusBytes, 0);
      return bytesOf(status.toString('latin1', 0, length), 'VmHWM');
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/**
 * Resident memory of processes in bytes, by their ids; those that ended are missing. On Linux it includes the processes
 * that they started, elsewhere not.
 */
export async function residentMemory(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  switch (process.platform) {
    case 'linux':
      return new Map(pids.map((pid) => [pid, sum(family(pid))]));
    case 'win32':
      return new Map();
    default:
      return listProcesses(pids);
  }
}

function sum(pids: Iterable<number>): number {
  let bytes = 0;
  for (const pid of pids) bytes += bytesOf(read(`/proc/${pid}/status`), 'VmRSS') ?? 0;
  return bytes;
}

const kilobytes = { VmRSS: /^VmRSS:\s+(\d+)/m, VmHWM: /^VmHWM:\s+(\d+)/m };

function bytesOf(text: string, field: keyof typeof kilobytes): number | undefined {
  const [, number] = kilobytes[field].exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * 1024;
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // The process ended already, or there is no /proc.
    return undefined;
  }
}

/** A process and its descendants, as far as their parents live. */
function* family(pid: number): Iterable<number> {
  yield pid;
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  for (const child of children) yield* family(Number(child));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended in between, or there is no /proc.
    return '';
  }
}

async function listProcesses(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  try {
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', pids.join()]);
    const rows = stdout.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm);
    return new Map([...rows].map(([, pid, size]) => [Number(pid), Number(size) * 1024]));
  } catch {
    // ps fails when none of them is left.
    return new Map();
  }
}
