import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { requestIdsOf } from './correlation-id.ts';
import { readHttpEvent } from './http-event.ts';
import { proxyEvent } from './proxy-event.ts';

it('is read by the invoked function as the request it stands for', () => {
  const parameters = fc.array(fc.tuple(fc.constantFrom('limit', 'nextToken', '__proto__', 'ü'), fc.string()));
  const caller = fc.option(fc.record({ sub: fc.string({ minLength: 1 }) }), { nil: undefined });
  fc.assert(
    fc.property(parameters, caller, (pairs, caller) => {
      const query = new URLSearchParams(pairs);
      const ids = { requestId: 'request-1', correlationId: 'correlation-1' };
      const event = JSON.parse(JSON.stringify(proxyEvent({ ...ids, method: 'GET', path: '/tasks', query, caller })));
      const http = readHttpEvent(event);
      assert.equal(http.path, '/tasks');
      assert.equal(http.caller?.sub, caller?.sub);
      assert.deepEqual(Object.keys(http.query), [...new Set(query.keys())]);
      for (const name of query.keys()) assert.deepEqual(http.query[name], query.getAll(name));
      assert.deepEqual(requestIdsOf(event, 'unused'), ids);
    }),
  );
});
