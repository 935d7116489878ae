/**
 * The messages between the endpoint and an execution environment: a small JSON header and a payload, each with its length
 * in front, so that payloads are neither copied into JSON nor parsed on the way.
 */
export type Frame = {
  /** JSON text. */
  readonly header: string;
  readonly payload: Buffer;
};

export type FrameLimits = { readonly headerBytes: number; readonly payloadBytes: number };

const lengthBytes = 8;

export function encodeFrame(header: object, payload: string | Buffer): Buffer {
  const head = Buffer.from(JSON.stringify(header));
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const lengths = Buffer.allocUnsafe(lengthBytes);
  lengths.writeUInt32BE(head.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return Buffer.concat([lengths, head, body]);
}

/** Puts frames together from the chunks of a stream. */
export class FrameReader {
  readonly #limits: FrameLimits;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many bytes the next frame needs before it is worth looking at. */
  #needed = lengthBytes;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** @throws Error when the stream holds something else than frames */
  *read(chunk: Buffer): Iterable<Frame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#needed) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      const headEnd = lengthBytes + all.readUInt32BE(0);
      const end = headEnd + all.readUInt32BE(4);
      this.#check(headEnd - lengthBytes, end - headEnd);
      this.#chunks = [all];
      this.#needed = end;
      if (all.length < end) return;
      const rest = all.subarray(end);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#bytes = rest.length;
      this.#needed = lengthBytes;
      yield { header: all.toString('utf8', lengthBytes, headEnd), payload: all.subarray(headEnd, end) };
    }
  }

  #check(headerBytes: number, payloadBytes: number): void {
    if (headerBytes > this.#limits.headerBytes) throw new Error(`the header of a frame has ${headerBytes} bytes`);
    if (payloadBytes > this.#limits.payloadBytes) throw new Error(`the payload of a frame has ${payloadBytes} bytes`);
  }
}
