import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTestApi } from './test-api.ts';

describe('a custom domain', () => {
  it('answers 403 where nothing is mapped, whatever the path', async (t) => {
    const api = await startTestApi(t);
    await api.make('AWS::ApiGateway::DomainName', 'Domain', { DomainName: 'api.localhost' });
    for (const path of ['/', '/tasks', '/_local/apis']) {
      const reply = await api.send('', path, { host: 'api.localhost' });
      assert.deepEqual([reply.status, reply.body], [403, '{"message":"Forbidden"}']);
    }
  });
});
