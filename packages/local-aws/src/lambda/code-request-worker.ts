import { parentPort } from 'node:worker_threads';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { readJsonObject } from '../core/read-json.ts';

/** The input of a call, with the package as bytes in place of its base64. */
type CodeRequest = { readonly input: object; readonly zip?: Uint8Array<ArrayBuffer> } | { readonly refusal: string };

/** The settings of a function take kilobytes. */
const maxSettings = 1_000_000;

/** Runs in a thread of its own: 70 MB of JSON and base64 take longer than the event loop may be held. */
function readCodeRequest(body: Uint8Array): CodeRequest {
  try {
    const input = readJsonObject(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    const holder = [input.Code, input.Content].find(isJsonObject) ?? input;
    const { ZipFile } = holder;
    if (typeof ZipFile !== 'string') return checkSize(input);
    delete holder.ZipFile;
    return { ...checkSize(input), zip: decode(ZipFile) };
  } catch (error) {
    if (error instanceof AwsError) return { refusal: error.message };
    throw error;
  }
}

function checkSize(input: JsonObject): { readonly input: JsonObject } {
  if (JSON.stringify(input).length <= maxSettings) return { input };
  throw new AwsError('SerializationException', `The request has more than ${maxSettings} characters besides ZipFile.`);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const isBase64 = base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  if (!isBase64) throw new AwsError('SerializationException', 'ZipFile: Invalid base64-encoded string');
  // A small Buffer shares its memory with others, which cannot be transferred.
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

parentPort?.on('message', ({ body }: { readonly body: Uint8Array }) => {
  const answer = readCodeRequest(body);
  parentPort?.postMessage(answer, 'zip' in answer && answer.zip !== undefined ? [answer.zip.buffer] : []);
});
