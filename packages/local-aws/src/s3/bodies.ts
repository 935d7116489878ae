import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivate } from '../state/make-private.ts';

/** The contents of objects and parts. A body never changes: an object that is overwritten gets another one. */
export type Bodies = {
  /** @returns the id of the body */
  put(body: Buffer): string;
  get(id: string): Buffer;
  delete(id: string): void;
  /** Deletes the bodies that no record names, such as those of an upload that a crash interrupted. */
  keepOnly(ids: ReadonlySet<string>): void;
};

export function memoryBodies(): Bodies {
  const bodies = new Map<string, Buffer>();
  return {
    put(body) {
      const id = randomUUID();
      bodies.set(id, body);
      return id;
    },
    get: (id) => bodies.get(id) ?? missing(id),
    delete: (id) => void bodies.delete(id),
    keepOnly() {},
  };
}

/** One file for each body, which only its owner can read. */
export function fileBodies(folder: string): Bodies {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  makePrivate(folder);
  return {
    put(body) {
      const id = randomUUID();
      writeFileSync(join(folder, id), body, { mode: 0o600, flag: 'wx' });
      return id;
    },
    get: (id) => readFileSync(join(folder, id)),
    delete: (id) => rmSync(join(folder, id), { force: true }),
    keepOnly(ids) {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isFile() && !ids.has(entry.name)) rmSync(join(folder, entry.name));
      }
    },
  };
}

function missing(id: string): never {
  throw new Error(`There is no body ${id}.`);
}
