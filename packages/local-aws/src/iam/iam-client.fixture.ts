import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { IAMClient } from '@aws-sdk/client-iam';
import { CredentialStore } from '../core/credentials.ts';
import { startEdge } from '../edge/server.ts';
import type { Iam } from './iam.ts';

/** A client of an IAM that listens until the test is over. */
export async function startIamClient(t: TestContext, iam: Iam): Promise<IAMClient> {
  const edge = await startEdge({
    port: 0,
    apis: { iam: iam.api },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  const client = new IAMClient({
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  t.after(async () => {
    client.destroy();
    await edge.close();
  });
  return client;
}
