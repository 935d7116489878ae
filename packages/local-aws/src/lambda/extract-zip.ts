import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AwsError } from '../core/aws-error.ts';
import { siblingModule } from '../core/sibling-module.ts';

/** Lambda's limit of a package that comes with the call. */
const maxZippedBytes = 52_428_800;

/** One package at a time: each may take 250 MB of memory. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Extracts a deployment package into `folder`, files below `task` and the archive beside it, off the event loop.
 * @throws AwsError InvalidParameterValueException when Lambda would refuse it; the folder is gone then
 */
export async function extractZip(zip: Buffer, folder: string): Promise<void> {
  const turn = previous.then(() => extractNow(zip, folder));
  previous = turn.catch(() => undefined);
  return turn;
}

async function extractNow(zip: Buffer, folder: string): Promise<void> {
  await mkdir(join(folder, 'task'), { recursive: true, mode: 0o700 });
  try {
    const refusal = await runWorker(zip, folder);
    if (refusal !== undefined) throw invalidPackage(refusal);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The thread lives for the next packages of a deployment; while it waits it keeps no process alive. */
let worker: Worker | undefined;

function startWorker(): Worker {
  const started = new Worker(siblingModule(import.meta.url, 'extract-worker'), {
    env: {},
    execArgv: ['--no-warnings'],
  });
  started.once('exit', () => {
    if (worker === started) worker = undefined;
  });
  return started;
}

async function runWorker(zip: Buffer, folder: string): Promise<string | undefined> {
  worker ??= startWorker();
  const current = worker;
  current.ref();
  const answered = new AbortController();
  const { signal } = answered;
  try {
    current.postMessage({ zip, folder });
    const [refusal] = await Promise.race([
      once(current, 'message', { signal }),
      once(current, 'exit', { signal }).then(() => {
        throw new Error('the worker that extracts packages ended');
      }),
    ]);
    return typeof refusal === 'string' ? refusal : undefined;
  } finally {
    answered.abort();
    current.unref();
  }
}

/** For a package that comes with the call; one in S3 may be larger. @throws AwsError InvalidParameterValueException */
export function checkZippedSize(zip: Buffer): void {
  if (zip.length > maxZippedBytes) throw invalidPackage(`Zipped size must be smaller than ${maxZippedBytes} bytes`);
}

function invalidPackage(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
}
