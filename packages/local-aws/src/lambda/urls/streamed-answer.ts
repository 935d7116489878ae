import { PassThrough, Writable } from 'node:stream';
import * as z from 'zod';
import { parseJson } from '../../core/parse-json.ts';
import type { ApiResponse } from '../../core/web.ts';
import { forwardChunk } from '../forward-chunk.ts';
import { badGateway } from './url-answer.ts';

/** The content type of a response that begins with status and headers, as `awslambda.HttpResponseStream.from` makes it. */
const withPrelude = 'application/vnd.awslambda.http-integration-response';
const delimiter = Buffer.alloc(8);
const maxPreludeBytes = 1024 * 1024;

/** AWS ends a streamed response here. */
const maxBytes = 200 * 1024 * 1024;

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const preludeSchema = z.looseObject({
  statusCode: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), text).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(text)).nullish(),
  cookies: z.array(z.string()).nullish(),
});

/** The response to the client of a function that streams it. It is known once the prelude has come. */
export class StreamedAnswer {
  readonly #answer = Promise.withResolvers<ApiResponse>();
  readonly #body = new PassThrough();
  #prelude: Buffer | undefined;
  #bytes = 0;
  #isOpen = false;
  #isAnswered = false;

  /** Settles when status and headers are known. */
  get answer(): Promise<ApiResponse> {
    return this.#answer.promise;
  }

  /** Whether the function has begun to stream. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(contentType: string): Writable {
    this.#isOpen = true;
    if (contentType === withPrelude) this.#prelude = Buffer.alloc(0);
    else this.#settle({ status: 200, headers: [['content-type', contentType]], body: '', stream: this.#body });
    return new Writable({ write: (chunk: Buffer, _encoding, done) => this.#write(chunk, done) });
  }

  /** The function has written all of it. */
  end(): void {
    if (!this.#isAnswered) this.#settle(badGateway);
    this.#body.end();
  }

  /** The function failed. A client that has a part of the response sees that its connection ends. */
  fail(): void {
    if (!this.#isAnswered) this.#settle(badGateway);
    this.#body.destroy();
  }

  #write(chunk: Buffer, done: () => void): void {
    const rest = this.#prelude === undefined ? chunk : this.#readPrelude(Buffer.concat([this.#prelude, chunk]));
    this.#bytes += rest.length;
    if (this.#bytes > maxBytes) this.#body.destroy();
    // The function goes on when its client has left.
    forwardChunk(rest, this.#body, done);
  }

  /** @returns what follows the prelude, nothing while it is not complete */
  #readPrelude(all: Buffer): Buffer {
    const end = all.indexOf(delimiter);
    if (end < 0) {
      this.#prelude = all;
      if (all.length > maxPreludeBytes) this.fail();
      return Buffer.alloc(0);
    }
    this.#prelude = undefined;
    const parsed = preludeSchema.safeParse(parseJson(all.toString('utf8', 0, end)));
    if (!parsed.success) {
      this.fail();
      return Buffer.alloc(0);
    }
    const { statusCode, headers, multiValueHeaders, cookies } = parsed.data;
    const pairs = [
      ...Object.entries(headers ?? {}),
      ...Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
        values.map((value): [string, string] => [name, value]),
      ),
      ...(cookies ?? []).map((cookie): [string, string] => ['set-cookie', cookie]),
    ].map(([name, value]) => [name.toLowerCase(), value] as const);
    const hasType = pairs.some(([name]) => name === 'content-type');
    this.#settle({
      status: statusCode,
      headers: hasType ? pairs : [...pairs, ['content-type', 'application/octet-stream']],
      body: '',
      stream: this.#body,
    });
    return all.subarray(end + delimiter.length);
  }

  #settle(answer: ApiResponse): void {
    this.#isAnswered = true;
    this.#answer.resolve(answer);
  }
}
