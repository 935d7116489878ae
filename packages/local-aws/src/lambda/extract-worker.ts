import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readZip, ZipError } from './read-zip.ts';

/** Runs in a thread of its own: inflating 250 MB takes seconds. Answers why a package is refused, or undefined. */
type Task = { readonly folder: string };

function extract({ folder }: Task): string | undefined {
  try {
    for (const { name, content, isExecutable } of readZip(readFileSync(join(folder, 'function.zip')))) {
      const path = join(folder, 'task', name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, content, { mode: isExecutable ? 0o700 : 0o600 });
    }
    return undefined;
  } catch (error) {
    if (error instanceof ZipError) return error.message;
    throw error;
  }
}

parentPort?.on('message', (task: Task) => parentPort?.postMessage(extract(task)));
