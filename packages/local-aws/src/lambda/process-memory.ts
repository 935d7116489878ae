import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The most resident memory that a process ever had, in bytes; undefined where there is no /proc. */
export function peakMemory(pid: number): number | undefined {
  return statusField(pid, 'VmHWM');
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
  for (const pid of pids) bytes += statusField(pid, 'VmRSS') ?? 0;
  return bytes;
}

function statusField(pid: number, field: 'VmRSS' | 'VmHWM'): number | undefined {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
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
    return new Map([...rows].map(([, pid, kilobytes]) => [Number(pid), Number(kilobytes) * 1024]));
  } catch {
    // ps fails when none of them is left.
    return new Map();
  }
}
