import { inflateRawSync } from 'node:zlib';

/** A deployment package that Lambda refuses. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

export type ZipFile = { readonly name: string; readonly content: Uint8Array; readonly isExecutable: boolean };

const maxUnzippedBytes = 262_144_000;
const notAZip = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

type Entry = {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isExecutable: boolean;
  readonly method: number;
  readonly compressedSize: number;
  readonly offset: number;
};

/**
 * Reads the files of a zip archive one after another. The sizes that the archive states count for nothing: inflating
 * ends at Lambda's limit.
 * @throws ZipError
 */
export function* readZip(zip: Buffer): Generator<ZipFile> {
  const entries = [...readDirectory(zip)];
  const files = entries.filter(({ isFolder }) => !isFolder);
  if (files.length === 0) throw new ZipError('Uploaded file must be a non-empty zip');
  checkNames(entries);
  let remaining = maxUnzippedBytes;
  for (const entry of files) {
    const content = readContent(zip, entry, remaining);
    remaining -= content.length;
    yield { name: entry.name, content, isExecutable: entry.isExecutable };
  }
}

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localEntry = 0x04034b50;
/** Of file systems on Linux and macOS. */
const maxNameBytes = 255;
const maxPathBytes = 1024;
const symbolicLink = 0o120000;

function* readDirectory(zip: Buffer): Generator<Entry> {
  const end = findEnd(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff)
    throw new ZipError('The package is a ZIP64 archive, which is not supported');
  for (let index = 0; index < count; index++) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== directoryEntry) throw new ZipError(notAZip);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const mode = zip.readUInt32LE(at + 38) >>> 16;
    if ((mode & 0o170000) === symbolicLink) throw refusal('a symbolic link', name);
    if ((zip.readUInt16LE(at + 8) & 1) === 1) throw refusal('an encrypted file', name);
    yield {
      name: withoutEmptyParts(name),
      isFolder: name.endsWith('/'),
      isExecutable: (mode & 0o111) !== 0,
      method: zip.readUInt16LE(at + 10),
      compressedSize: zip.readUInt32LE(at + 20),
      offset: zip.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

/** `./src//a.js` is `src/a.js`; a slash at the start stays, to be refused. */
function withoutEmptyParts(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return `${name.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** The record at the end, before a comment of at most 64 KB. */
function findEnd(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === endOfDirectory) return at;
  }
  throw new ZipError(notAZip);
}

/** Every name must become a path of its own inside the folder of the package. */
function checkNames(entries: readonly Entry[]): void {
  const files = new Set<string>();
  for (const { name, isFolder } of entries) {
    checkName(name);
    if (isFolder) continue;
    if (files.has(name)) throw refusal('two files of one name', name);
    files.add(name);
  }
  for (const { name, isFolder } of entries) {
    const clash = foldersOf(name, isFolder).find((folder) => files.has(folder));
    if (clash !== undefined) throw refusal('a file and a folder of one name', clash);
  }
}

function checkName(name: string): void {
  if (name.includes('\0')) throw refusal('a name with a NUL character', name);
  if (name.startsWith('/') || name.includes('\\') || name.split('/').includes('..')) {
    throw refusal('a path that leaves it', name);
  }
  if (
    Buffer.byteLength(name) > maxPathBytes ||
    name.split('/').some((part) => Buffer.byteLength(part) > maxNameBytes)
  ) {
    throw refusal('a name that is too long', name);
  }
}

/** The folders that lead to an entry, and the entry itself when it is one. */
function foldersOf(name: string, isFolder: boolean): string[] {
  const parts = name.split('/');
  return parts.slice(isFolder ? 0 : 1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function readContent(zip: Buffer, { name, method, compressedSize, offset }: Entry, remaining: number): Uint8Array {
  if (offset + 30 > zip.length || zip.readUInt32LE(offset) !== localEntry) throw new ZipError(notAZip);
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  const data = zip.subarray(start, start + compressedSize);
  if (data.length < compressedSize) throw new ZipError(notAZip);
  const tooLarge = new ZipError(`Unzipped size must be smaller than ${maxUnzippedBytes} bytes`);
  if (method === 0) {
    if (data.length > remaining) throw tooLarge;
    return data;
  }
  if (method !== 8) throw refusal(`compression method ${method}, which is not supported`, name);
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, remaining) });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge;
    throw new ZipError(notAZip);
  }
}

function refusal(what: string, name: string): ZipError {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return new ZipError(`The package contains ${what}: ${JSON.stringify(shown)}`);
}
