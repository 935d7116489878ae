import { chmodSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Gives all files of a folder the same permissions, which become those in the package. Lambda must be able to read them,
 * and the package must not depend on the umask of who made it.
 */
export function evenModes(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o644);
  }
}

/** The variables that decide what os.tmpdir() is, on any platform. */
const temporaryFolders = ['TMPDIR', 'TMP', 'TEMP'];

/**
 * Lets `action` use a temporary folder of its own. serverless-esbuild leaves a copy of each bundle in the temporary
 * folder; in its work folder they are removed with the rest.
 */
export async function withTemporaryFolder(folder: string, action: () => Promise<void>): Promise<void> {
  const { env } = process;
  const before = temporaryFolders.map((name) => [name, env[name]] as const);
  await mkdir(folder, { recursive: true });
  for (const name of temporaryFolders) env[name] = folder;
  try {
    await action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
  }
}
