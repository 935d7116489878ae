import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Above every AWS payload limit that matters here: a Lambda zip uploaded in one call is at most 70 MB in base64. */
const maxBytes = 80 * 1024 * 1024;
const firstBytes = 1024 * 1024;
const copiedAtOnce = 4 * 1024 * 1024;
const noBytes = Buffer.alloc(0);

/**
 * The whole body, or undefined when it is larger than anything AWS takes. Chunks are copied as they come: joining tens of
 * megabytes at the end would hold the event loop.
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const { 'content-length': length, 'transfer-encoding': coding } = incoming.headers;
  const declared = Number(length ?? 0);
  if (declared > maxBytes) return undefined;
  if (coding === undefined && declared <= firstBytes)
    return declared === 0 ? noBytes : readDeclared(incoming, declared);
  let body: Buffer = Buffer.allocUnsafe(Math.min(declared, firstBytes));
  let size = 0;
  for await (const chunk of incoming) {
    const needed = size + chunk.length;
    if (needed > maxBytes) return undefined;
    if (needed > body.length) body = await copyOf(body, size, Math.min(Math.max(needed * 2, declared), maxBytes));
    size += chunk.copy(body, size);
  }
  return body.subarray(0, size);
}

/** Iterating over a stream costs more than all else that is done for a small body. */
function readDeclared(incoming: IncomingMessage, length: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  let size = 0;
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.copy(body, size);
    });
    incoming.once('end', () => resolve(body.subarray(0, size)));
    incoming.once('error', reject);
  });
}

/** A buffer of `length` bytes that begins with the first `size` bytes of another. */
async function copyOf(body: Buffer, size: number, length: number): Promise<Buffer> {
  const copy = Buffer.allocUnsafe(length);
  for (let at = 0; at < size; at += copiedAtOnce) {
    if (at > 0) await nextTurn();
    body.copy(copy, at, at, Math.min(at + copiedAtOnce, size));
  }
  return copy;
}
