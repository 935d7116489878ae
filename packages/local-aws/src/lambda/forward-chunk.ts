import type { Writable } from 'node:stream';

/** Passes a chunk on, and waits while the other side does not read. A side that has left takes everything. */
export function forwardChunk(chunk: Buffer, into: Writable, done: () => void): void {
  if (chunk.length === 0 || into.destroyed || into.write(chunk)) {
    done();
    return;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  into.once('drain', resolve).once('close', resolve);
  void promise.then(done);
}
