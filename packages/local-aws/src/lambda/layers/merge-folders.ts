import { link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Merges folders into a new one: of a file that several have, that of the last one counts. Files are not copied. */
export async function mergeFolders(folders: readonly string[], target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const folder of folders) await mergeInto(folder, target);
}

/** The size of all files in a folder. */
export async function sizeOfFolder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

async function mergeInto(folder: string, target: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const from = join(folder, entry.name);
    const to = join(target, entry.name);
    const existing = await stat(to).catch(() => undefined);
    // A file of one layer and a folder of another one cannot both be there.
    if (existing !== undefined && !(existing.isDirectory() && entry.isDirectory())) await rm(to, { recursive: true });
    if (entry.isDirectory()) {
      await mkdir(to, { recursive: true, mode: 0o700 });
      await mergeInto(from, to);
    } else await link(from, to);
  }
}
