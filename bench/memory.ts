import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process and all its descendants in MB, from /proc; undefined where there is no /proc. Pages that processes
 * share, such as those of Node itself, count in proportion (PSS), so that the sum is what ending all of them would free.
 */
export function familyMegabytes(pid: number): number | undefined {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const parent = field(`/proc/${name}/status`, 'PPid');
      if (parent !== undefined) parents.set(Number(name), parent);
    }
    const family = new Set([pid]);
    for (let grown = true; grown; ) {
      const before = family.size;
      for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
      grown = family.size > before;
    }
    return [...family].reduce((sum, member) => sum + (field(`/proc/${member}/smaps_rollup`, 'Pss') ?? 0), 0) / 1024;
  } catch {
    return undefined;
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
