import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { siblingModule } from '../core/sibling-module.ts';
import { WorkerThread } from '../core/worker-thread.ts';
import { parseInput, readInput } from './rest-input.ts';

const answerSchema = z.union([
  z.object({ refusal: z.string() }),
  z.object({ input: z.record(z.string(), z.unknown()), zip: z.instanceof(Uint8Array).optional() }),
]);

/** Larger bodies are read in a thread. */
const maxReadHere = 512 * 1024;

const thread = new WorkerThread(siblingModule(import.meta.url, 'code-request-worker'), 'reads packages');

/**
 * The body of a call that may bring a package, parsed; `ZipFile` may be bytes. A large body is empty afterwards.
 * @throws AwsError as readInput
 */
export async function readCodeInput<T>(request: AwsRequest, schema: z.ZodType<T>): Promise<T> {
  const { body } = request;
  if (body.length <= maxReadHere || !(body.buffer instanceof ArrayBuffer)) return readInput(request, schema);
  const answer = answerSchema.parse(await thread.ask({ body }, [body.buffer]));
  if ('refusal' in answer) throw new AwsError('SerializationException', answer.refusal);
  return parseInput(withPackage(answer), schema);
}

function withPackage({ input, zip }: { readonly input: object; readonly zip?: Uint8Array | undefined }): object {
  if (zip === undefined) return input;
  const ZipFile = Buffer.from(zip.buffer);
  if ('Code' in input && isObject(input.Code)) return { ...input, Code: { ...input.Code, ZipFile } };
  if ('Content' in input && isObject(input.Content)) return { ...input, Content: { ...input.Content, ZipFile } };
  return { ...input, ZipFile };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
