import { Writable } from 'node:stream';
import { RuntimeError } from './runtime-error.ts';

/** How Lambda's own runtimes mark handlers; instrumentation looks for it. */
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const waterMark = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

const httpIntegration = 'application/vnd.awslambda.http-integration-response';
const { stringify } = JSON;

export type StreamingHandler = (event: unknown, stream: Writable, context: object) => unknown;

/** Makes the global object `awslambda`. */
export function defineAwsLambda(): void {
  Reflect.set(globalThis, 'awslambda', {
    streamifyResponse(handler: object, options?: { readonly highWaterMark?: number }) {
      Reflect.set(handler, streaming, 'response');
      if (options?.highWaterMark !== undefined) Reflect.set(handler, waterMark, options.highWaterMark);
      return handler;
    },
    HttpResponseStream: {
      from(stream: ResponseStream, prelude: unknown) {
        stream.setContentType(httpIntegration);
        const text = stringify(prelude);
        stream._onBeforeFirstWrite = (write) => {
          write(text);
          write(new Uint8Array(8));
        };
        return stream;
      },
    },
  });
}

export function isStreaming(handler: unknown): handler is StreamingHandler {
  return typeof handler === 'function' && Reflect.get(handler, streaming) === 'response';
}

/** What a streaming handler writes its response to. */
export class ResponseStream extends Writable {
  /** Called with the way past the wrapped `write`. As in Lambda's runtime; frameworks set it too. */
  _onBeforeFirstWrite: ((write: (chunk: string | Uint8Array) => boolean) => void) | undefined;
  #contentType = 'application/octet-stream';
  #isBegun = false;

  /** @param onChunk sends a chunk before it returns */
  constructor(handler: StreamingHandler, onChunk: (chunk: Buffer, contentType: string) => void) {
    const highWaterMark: unknown = Reflect.get(handler, waterMark);
    super({
      ...(typeof highWaterMark === 'number' ? { highWaterMark } : {}),
      write: (chunk: Buffer, _encoding, done) => {
        onChunk(chunk, this.#contentType);
        done();
      },
    });
    const write = this.write.bind(this);
    Reflect.set(this, 'write', (chunk: unknown, ...rest: unknown[]): unknown => {
      this.#begin(write);
      return Reflect.apply(write, this, [toBytes(chunk), ...rest]);
    });
  }

  setContentType(contentType: string): void {
    if (this.#isBegun) {
      throw new RuntimeError('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    }
    this.#contentType = contentType;
  }

  #begin(write: (chunk: string | Uint8Array) => boolean): void {
    if (this.#isBegun) return;
    this._onBeforeFirstWrite?.(write);
    this.#isBegun = true;
  }
}

/** Runs a streaming handler. @returns when its response is complete */
export async function callStreaming(
  handler: StreamingHandler,
  event: unknown,
  context: object,
  stream: ResponseStream,
): Promise<void> {
  const finished = new Promise<void>((resolve, reject) => stream.once('finish', resolve).once('error', reject));
  // A rejection of the handler comes first.
  finished.catch(() => {});
  const returned = handler(event, stream, context);
  if (!isThenable(returned)) throw new Error('Streaming does not support non-async handlers.');
  // biome-ignore lint/suspicious/noConsole: the log of the function
  if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
  await finished;
}

function toBytes(chunk: unknown): string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : (stringify(chunk) ?? '');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
