import type { Readable } from 'node:stream';
import { concatBytes } from '@smithy/core/serde';

/**
 * The options of our AWS clients. The worst case, three attempts of 2.5 s with their pauses, ends before the 10 s timeout
 * of our functions does, so that a slow service is an answer and not a killed process.
 */
export const clientOptions = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
  streamCollector: readAnswer,
};

/**
 * Reads the body of an answer. The SDK's own collector asks first whether it is a Blob or a web stream, and at that question
 * Node loads both of them.
 */
function readAnswer(body: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    body.on('end', () => resolve(concatBytes(chunks)));
    body.on('error', reject);
  });
}
