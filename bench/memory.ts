import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and all its descendants in MB, from /proc; undefined where there is no /proc. */
export function residentMegabytes(pid: number): number | undefined {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const parent = statusField(Number(name), 'PPid');
      if (parent !== undefined) parents.set(Number(name), parent);
    }
    const family = new Set([pid]);
    for (let grown = true; grown; ) {
      const before = family.size;
      for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
      grown = family.size > before;
    }
    return [...family].reduce((sum, member) => sum + (statusField(member, 'VmRSS') ?? 0), 0) / 1024;
  } catch {
    return undefined;
  }
}

function statusField(pid: number, field: string): number | undefined {
  try {
    const value = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    // The process ended while it was being read.
    return undefined;
  }
}
