import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes at 100 for what it shows. */
const ticksPerSecond = 100;

/**
 * Memory of a process and all its descendants in MB, from /proc; undefined where there is no /proc. Pages that processes
 * share, such as those of Node itself, count in proportion (PSS), so that the sum is what ending all of them would free.
 */
export function familyMegabytes(pid: number): number | undefined {
  try {
    return family(pid).reduce((sum, member) => sum + (field(`/proc/${member}/smaps_rollup`, 'Pss') ?? 0), 0) / 1024;
  } catch {
    return undefined;
  }
}

/** Seconds of processor time of a process and all its descendants so far, from /proc; undefined where there is no /proc. */
export function processorSeconds(pid: number): number | undefined {
  try {
    return family(pid).reduce((sum, member) => sum + ticks(member), 0) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

/** The process and all its descendants. @throws Error where there is no /proc */
function family(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = field(`/proc/${name}/status`, 'PPid');
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const members = new Set([pid]);
  for (let grown = true; grown; ) {
    const before = members.size;
    for (const [child, parent] of parents) if (members.has(parent)) members.add(child);
    grown = members.size > before;
  }
  return [...members];
}

function ticks(pid: number): number {
  try {
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return (user ?? 0) + (system ?? 0);
  } catch {
    return 0;
  }
}

function field(path: string, name: string): number | undefined {
  try {
    const value = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    // The process ended while it was being read.
    return undefined;
  }
}
