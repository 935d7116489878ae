import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ControlAnswer } from '../control/control-api.ts';
import { type Headers, send, sendJson, sendStream } from './send-response.ts';

/** Sends what the control API answers. */
export async function sendControlAnswer(
  response: ServerResponse,
  { status = 200, headers = {}, body = '' }: ControlAnswer,
  extra: Headers,
): Promise<void> {
  const all = [...extra, ...Object.entries(headers)];
  if (body instanceof Readable) await sendStream(response, status, all, body);
  else if (typeof body === 'string' || Buffer.isBuffer(body)) send(response, status, all, body);
  else sendJson(response, status, body, all);
}
