import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApiResponse } from '../core/web.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

/** Node writes a text together with the head, and a buffer apart from it. */
const maxTextBytes = 65_536;

/** Sends a whole response. Node adds its length. */
export function send(response: ServerResponse, status: number, headers: Headers, body: string | Buffer): void {
  setHead(response, status, headers);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes.length > maxTextBytes) response.end(bytes);
  // In this encoding a character is a byte, as in the head.
  else response.end(bytes.toString('latin1'), 'latin1');
}

/** Sends what an API answers, whole or in parts, with `added` headers. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, body, stream }: ApiResponse,
  added: Headers,
): Promise<void> {
  if (stream === undefined) send(response, status, [...headers, ...added], body);
  else await sendStream(response, status, [...headers, ...added], stream);
}

export function sendMessage(response: ServerResponse, status: number, message: string, headers: Headers = []): void {
  sendJson(response, status, { message }, headers);
}

export function sendJson(response: ServerResponse, status: number, content: object, headers: Headers = []): void {
  send(response, status, [...headers, ['content-type', 'application/json']], JSON.stringify(content));
}

/** Sends a stream until it ends or the client closes the connection, which destroys the stream. */
export async function sendStream(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: Readable,
): Promise<void> {
  setHead(response, status, headers);
  response.flushHeaders();
  try {
    await pipeline(body, response);
  } catch (error) {
    body.destroy();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!response.destroyed || !hungUp.includes(String(code))) throw error;
  }
}

/** While the stream is sent, and before that. */
const hungUp = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE'];

function setHead(response: ServerResponse, status: number, headers: Headers): void {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  for (const [name, values] of grouped) response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.statusCode = status;
}
