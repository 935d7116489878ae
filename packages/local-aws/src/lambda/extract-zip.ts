import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError } from '../core/aws-error.ts';
import { siblingModule } from '../core/sibling-module.ts';
import { WorkerThread } from '../core/worker-thread.ts';

/** Lambda's limit of a package that comes with the call. */
const maxZippedBytes = 52_428_800;

const thread = new WorkerThread(siblingModule(import.meta.url, 'extract-worker'), 'extracts packages');

/**
 * Extracts a deployment package into `folder`, files below `task` and the archive beside it, off the event loop: one
 * package at a time, since each may take 250 MB of memory.
 * @throws AwsError InvalidParameterValueException when Lambda would refuse it; the folder is gone then
 */
export async function extractZip(zip: Buffer, folder: string): Promise<void> {
  await mkdir(join(folder, 'task'), { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(folder, 'function.zip'), zip, { mode: 0o600 });
    const refusal = await thread.ask({ folder });
    if (typeof refusal === 'string') throw invalidPackage(refusal);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** For a package that comes with the call; one in S3 may be larger. @throws AwsError InvalidParameterValueException */
export function checkZippedSize(zip: Buffer): void {
  if (zip.length > maxZippedBytes) throw invalidPackage(`Zipped size must be smaller than ${maxZippedBytes} bytes`);
}

function invalidPackage(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
}
