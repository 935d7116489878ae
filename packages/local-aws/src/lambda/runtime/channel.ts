import { readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import type { ChunkHeader, EnvironmentHeader } from './messages.ts';

/** The file descriptors that the endpoint opens for the runtime, beside the standard ones. */
const incoming = 3;
const outgoing = 4;

const kill = process.kill.bind(process);
const reader = new FrameReader({ headerBytes: 1_000_000, payloadBytes: 64_000_000 });

/** Reads a frame without the event loop, so that the handler is loaded at once. */
export function readFrameSync(): Frame {
  // Frames that came together with the one before are in the reader already.
  for (let chunk: Buffer = Buffer.of(); ; chunk = readChunk()) {
    for (const frame of reader.read(chunk)) return frame;
  }
}

function readChunk(): Buffer {
  const chunk = Buffer.allocUnsafe(65_536);
  const length = readSync(incoming, chunk);
  if (length === 0) process.exit(1);
  return Buffer.from(chunk.subarray(0, length));
}

/** Sends a frame. All of it is written when this returns, so that nothing is lost if the process ends next. */
export function send(header: EnvironmentHeader, payload: string | Buffer = ''): void {
  writeAll(outgoing, encodeFrame(header, payload));
}

/** Far below what the endpoint takes as one payload. */
const chunkBytes = 1_000_000;

/** Sends a part of a streamed response. It waits while the endpoint does not read, which is while the client does not. */
export function sendChunk(header: ChunkHeader, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; at += chunkBytes) {
    writeAll(outgoing, encodeFrame(header, chunk.subarray(at, at + chunkBytes)));
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes and waits until all is written. @returns false when the descriptor is closed */
export function writeAll(descriptor: number, bytes: Buffer): boolean {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      // User code may have made the descriptor non-blocking.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return false;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
  return true;
}

/**
 * Opens the channel for events.
 * @returns waits for the next event. Only waiting keeps the process alive: in the meantime Node notices when a handler
 *   has nothing left to do.
 */
export function openChannel(): () => Promise<Frame> {
  const socket = new Socket({ fd: incoming, readable: true, writable: false });
  let resolveNext: ((frame: Frame) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    for (const frame of reader.read(chunk)) {
      socket.unref();
      resolveNext?.(frame);
    }
  });
  socket.on('error', () => {});
  // The endpoint is gone: end this process and all that it started.
  socket.on('close', () => kill(0, 'SIGKILL'));
  return () =>
    new Promise((resolve) => {
      resolveNext = resolve;
      socket.ref();
    });
}
