import { buildApp } from 'fauxqs';
import type { AwsApi } from '../core/aws-api.ts';

/** A real engine of queues and topics, in process. */
export async function startMessaging(): Promise<{ api: AwsApi; close(): Promise<void> }> {
  const app = buildApp({ logger: false });
  await app.ready();
  return {
    async api({ headers, body }) {
      const answer = await app.inject({ method: 'POST', url: '/', headers, payload: body });
      const contentType = String(answer.headers['content-type'] ?? 'application/x-amz-json-1.0');
      return { status: answer.statusCode, headers: { 'content-type': contentType }, body: answer.rawPayload };
    },
    close: () => app.close(),
  };
}
