import { type IncomingMessage, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type ForwardedAnswer = { readonly status: number; readonly contentType: string; readonly body: Buffer };

/** Sends a request, whose body was read, on to another endpoint. Not by `fetch`, which refuses the ports of the DynamoDB engine. */
export async function forwardRequest(
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const { host: _, ...headers } = incoming.headers;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method: incoming.method ?? 'POST', headers };
    sendRequest(target + (incoming.url ?? '/'), options, resolve)
      .once('error', reject)
      .end(body);
  });
  return {
    status: answer.statusCode ?? 500,
    contentType: answer.headers['content-type'] ?? '',
    body: await buffer(answer),
  };
}
