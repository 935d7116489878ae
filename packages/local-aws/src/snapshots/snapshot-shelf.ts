import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AwsError } from '../core/aws-error.ts';
import { parseJson } from '../core/parse-json.ts';
import { type Snapshot, snapshotSchema } from './snapshot.ts';

export type StoredSnapshot = { readonly name: string; readonly savedAt: string; readonly bytes: number };

const compress = promisify(gzip);
const expand = promisify(gunzip);
const ending = '.snapshot.gz';

/** Where snapshots are kept: in a folder, or in memory without one. */
export class SnapshotShelf {
  readonly #folder: string | undefined;
  readonly #inMemory = new Map<string, { readonly content: Buffer; readonly savedAt: string }>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  list(): readonly StoredSnapshot[] {
    const stored = this.#folder === undefined ? this.#listMemory() : listFolder(this.#folder);
    return stored.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async put(name: string, snapshot: Snapshot): Promise<StoredSnapshot> {
    const content = await compress(JSON.stringify(snapshot));
    const { savedAt } = snapshot;
    if (this.#folder === undefined) this.#inMemory.set(name, { content, savedAt });
    else {
      // What functions and tests wrote is for this user alone.
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const path = join(this.#folder, `${name}${ending}`);
      writeFileSync(`${path}.tmp`, content, { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
    }
    return { name, savedAt, bytes: content.length };
  }

  /** @throws AwsError NotFound, SnapshotUnreadable */
  async get(name: string): Promise<Snapshot> {
    const content = this.#read(name);
    if (content === undefined) throw new AwsError('NotFound', `There is no snapshot ${name}.`, 404);
    const text = await expand(content).then(String, () => '');
    const parsed = snapshotSchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new AwsError('SnapshotUnreadable', `The snapshot ${name} is not one that this version can read.`, 409);
  }

  /** False when there is no such snapshot. */
  delete(name: string): boolean {
    if (this.#folder === undefined) return this.#inMemory.delete(name);
    const isThere = this.#read(name) !== undefined;
    rmSync(join(this.#folder, `${name}${ending}`), { force: true });
    return isThere;
  }

  #read(name: string): Buffer | undefined {
    if (this.#folder === undefined) return this.#inMemory.get(name)?.content;
    try {
      return readFileSync(join(this.#folder, `${name}${ending}`));
    } catch {
      return undefined;
    }
  }

  #listMemory(): StoredSnapshot[] {
    return [...this.#inMemory].map(([name, { content, savedAt }]) => ({ name, savedAt, bytes: content.length }));
  }
}

function listFolder(folder: string): StoredSnapshot[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((file) => file.endsWith(ending))
    .map((file) => {
      const { mtime, size } = statSync(join(folder, file));
      return { name: file.slice(0, -ending.length), savedAt: mtime.toISOString(), bytes: size };
    });
}
