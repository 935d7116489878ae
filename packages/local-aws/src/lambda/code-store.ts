import { createHash, hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makePrivate } from '../state/make-private.ts';
import { extractZip } from './extract-zip.ts';
import { mergeFolders } from './layers/merge-folders.ts';
import { writeRuntimeFiles } from './runtime-files.ts';

export type Code = { readonly codeSha256: string; readonly codeSize: number };

/** Deployment packages on disk, once each however many functions share one, extracted for the workers. */
export class CodeStore {
  /** The entry file of a worker. */
  readonly entry: string;
  readonly #directory: string;
  readonly #isKept: boolean;

  /** @param directory where packages survive a restart; without it they live in a temporary folder until `close` */
  constructor(directory: string | undefined) {
    this.#isKept = directory !== undefined;
    this.#directory = directory ?? makeTemporaryFolder();
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#directory)) if (!wholeFolder.test(name)) this.#remove(name);
    this.entry = writeRuntimeFiles(this.#directory);
    makePrivate(this.#directory);
  }

  /** @throws AwsError InvalidParameterValueException when it is no zip that Lambda would take */
  async add(zip: Buffer): Promise<Code> {
    const codeSha256 = await sha256(zip);
    const folder = this.#folder(codeSha256);
    await once(folder, (partial) => extractZip(zip, partial));
    return { codeSha256, codeSize: zip.length };
  }

  /** Makes a package of the files of several, those of later ones in place of earlier ones. @returns its folder */
  async merge(packages: readonly string[]): Promise<string> {
    const folder = this.#folder(mergedSha256(packages));
    await once(folder, (partial) =>
      mergeFolders(
        packages.map((each) => this.taskRoot(each)),
        join(partial, 'task'),
      ),
    );
    return join(folder, 'task');
  }

  taskRoot(codeSha256: string): string {
    return join(this.#folder(codeSha256), 'task');
  }

  zip(codeSha256: string): Promise<Buffer> {
    return readFile(join(this.#folder(codeSha256), 'function.zip'));
  }

  /** Removes every package that is not among `used`. */
  removeUnused(used: Iterable<string>): void {
    const names = new Set([...used].map(folderName));
    // A cleaner of the temporary folder may have deleted it.
    if (!existsSync(this.#directory)) return;
    for (const name of readdirSync(this.#directory)) {
      if (wholeFolder.test(name) && !names.has(name)) this.#remove(name);
    }
  }

  close(): void {
    if (!this.#isKept) rmSync(this.#directory, { recursive: true, force: true });
  }

  #remove(name: string): void {
    rmSync(join(this.#directory, name), { recursive: true, force: true });
  }

  #folder(codeSha256: string): string {
    return join(this.#directory, folderName(codeSha256));
  }
}

/** Named after this process, so that the folder of one that was killed can be told and removed. */
function makeTemporaryFolder(): string {
  const root = realpathSync(tmpdir());
  for (const name of readdirSync(root)) {
    const owner = /^local-lambda-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(root, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(root, `local-lambda-${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const hashedAtOnce = 4 * 1024 * 1024;

/** In slices: hashing 50 MB at once holds the event loop. */
async function sha256(zip: Buffer): Promise<string> {
  const digest = createHash('sha256');
  for (let at = 0; at < zip.length; at += hashedAtOnce) {
    if (at > 0) await nextTurn();
    digest.update(zip.subarray(at, at + hashedAtOnce));
  }
  return digest.digest('base64');
}

const wholeFolder = /^code-[0-9a-f]{32}$/;

function folderName(codeSha256: string): string {
  return `code-${Buffer.from(codeSha256, 'base64').toString('hex').slice(0, 32)}`;
}

/** Under what a package of several others is kept. */
export function mergedSha256(packages: readonly string[]): string {
  return hash('sha256', packages.join('\n'), 'base64');
}

let extractions = 0;

/** Writes beside and renames, so that a folder that exists is whole. */
async function once(folder: string, write: (partial: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  extractions += 1;
  const partial = `${folder}.${process.pid}.${extractions}`;
  try {
    await write(partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another upload of the same package was faster.
    if (!existsSync(folder)) throw error;
  }
}
